using Hmas.Inference.HeadTuning;
using Microsoft.Extensions.Time.Testing;

namespace Shared.Tests.Inference.HeadTuning;

/// <summary>Two classes on a line: class 1 where the first value is above the second.</summary>
public sealed class HeadTunerTests
{
    private const int Inputs = 2;
    private const int Classes = 2;
    private static readonly float[] Blank = new float[(Inputs + 1) * Classes];
    private static readonly (float[] Embeddings, int[] Labels) Windows = Line(60);
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_tuned_head_tells_apart_what_the_sent_one_did_not()
    {
        var result = Tune(new HeadTuningSettings { MaxNorm = 100 });
        Assert.Equal(1.0, Accuracy(result.Delta));
        Assert.Equal(5 * 4, result.Steps);
        Assert.False(result.IsCut || result.IsClipped);
    }

    [Fact]
    public void One_full_batch_step_is_the_gradient_of_cross_entropy_worked_out_by_hand()
    {
        var result = new HeadTuner(Inputs, Classes, _time).Tune(
            Blank, [1, 0, 0, 2], [1, 0], new HeadTuningSettings { Epochs = 1, BatchSize = 2, Rate = 1, MaxNorm = 100 }, CancellationToken.None);
        // Both shares are one half: (share − target) · embedding, mean of the two windows, downhill.
        Assert.Equal([-0.25f, 0.5f, 0.25f, -0.5f, 0, 0], result.Delta);
    }

    [Fact]
    public void A_proximal_pull_keeps_the_head_nearer_to_the_one_that_was_sent()
    {
        var free = Norm(Tune(new HeadTuningSettings { MaxNorm = 100 }).Delta);
        Assert.True(Norm(Tune(new HeadTuningSettings { MaxNorm = 100, Proximal = 5 }).Delta) < 0.7 * free);
    }

    [Fact]
    public void What_is_sent_back_is_never_longer_than_allowed()
    {
        var result = Tune(new HeadTuningSettings { MaxNorm = 0.1f });
        Assert.True(result.IsClipped);
        Assert.Equal(0.1, Norm(result.Delta), 5);
    }

    [Fact]
    public void Noise_has_the_deviation_that_was_asked_for()
    {
        var sum = 0.0;
        const int Runs = 400;
        for (ulong seed = 0; seed < Runs; seed++)
            sum += Tune(new HeadTuningSettings { Epochs = 0, MaxNorm = 2, Noise = 0.5f, Seed = seed }).Delta.Sum(value => value * value)
                / (Runs * Blank.Length);
        Assert.InRange(Math.Sqrt(sum), 0.95, 1.05);
    }

    [Fact]
    public void A_spent_budget_ends_the_tuning_with_what_it_has()
    {
        _time.AutoAdvanceAmount = TimeSpan.FromMilliseconds(300);
        var result = Tune(new HeadTuningSettings { Budget = TimeSpan.FromSeconds(1) });
        Assert.True(result.IsCut);
        Assert.Equal(4, result.Steps);
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits() =>
        Assert.Equal(Tune(new HeadTuningSettings { Noise = 0.1f }).Delta, Tune(new HeadTuningSettings { Noise = 0.1f }).Delta);

    [Fact]
    public void What_does_not_fit_is_refused_by_name()
    {
        Refused("5 values", new float[5], Windows.Embeddings, Windows.Labels);
        Refused("no labelled window", Blank, [], []);
        Refused("3 values for 2 windows", Blank, [1, 2, 3], [0, 1]);
        Refused("label 2", Blank, [1, 2], [2]);
        Refused("embedding", Blank, [1, float.NaN], [0]);
        Refused("head", [float.PositiveInfinity, 0, 0, 0, 0, 0], [1, 2], [0]);

        void Refused(string says, float[] head, float[] embeddings, int[] labels) => Assert.Contains(
            says,
            Assert.Throws<ArgumentException>(() => new HeadTuner(Inputs, Classes, _time).Tune(
                head, embeddings, labels, new HeadTuningSettings(), CancellationToken.None)).Message,
            StringComparison.Ordinal);
    }

    private HeadTuningResult Tune(HeadTuningSettings settings) =>
        new HeadTuner(Inputs, Classes, _time).Tune(Blank, Windows.Embeddings, Windows.Labels, settings, CancellationToken.None);

    private static (float[] Embeddings, int[] Labels) Line(int windows)
    {
        var embeddings = new float[windows * Inputs];
        var labels = new int[windows];
        for (var i = 0; i < windows; i++)
        {
            labels[i] = i % 2;
            embeddings[(Inputs * i) + labels[i]] = 1 + (0.01f * i);
        }

        return (embeddings, [.. labels.Select(label => 1 - label)]);
    }

    private static double Accuracy(float[] head) => Windows.Labels.Select((label, i) =>
    {
        var (a, b) = (Windows.Embeddings[Inputs * i], Windows.Embeddings[(Inputs * i) + 1]);
        var first = (a * head[0]) + (b * head[1]) + head[4];
        var second = (a * head[2]) + (b * head[3]) + head[5];
        return (second > first ? 1 : 0) == label ? 1.0 : 0.0;
    }).Average();

    private static double Norm(float[] values) => Math.Sqrt(values.Sum(value => (double)value * value));
}
