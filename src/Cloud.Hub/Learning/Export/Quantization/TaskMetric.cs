using System.Numerics.Tensors;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Training;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>How much of its task a model loses against its float twin, told from their answers to the same windows.</summary>
/// <remarks>
/// A detector of residuals must tell what is only far from what is wrong. Held-out windows are carried away from
/// their mean, up to four times as far as they lie, which a float model
/// follows; every second one is bent besides, channel by channel. What counts is the area under the curve
/// between the two. Remaining life must not move: what counts is the mean distance of the answers, in shares
/// of the horizon. Other heads must decide: what counts is the area under the
/// curve of each answer with the float twin's decision as truth.
/// </remarks>
internal sealed class TaskMetric
{
    private const ulong Seed = 0x71;

    /// <summary>Of the copies that a fit may see; others than those that judge it.</summary>
    private const ulong FittingSeed = 0x72;

    /// <summary>Windows are carried to at most so many times their distance from the mean.</summary>
    private const float Farthest = 4;

    /// <summary>Deviation by which a channel is bent, as a share of its own.</summary>
    private const float Bend = 0.5f;

    /// <summary>Each window is carried so many times.</summary>
    private const int Copies = 4;

    private readonly bool _ranks;
    private readonly bool _measures;
    private readonly int _plain;

    /// <param name="shape">Of the input; (C, L) of each window.</param>
    /// <param name="windows">That judge.</param>
    public TaskMetric(ModelHead head, Shape shape, IReadOnlyList<float[]> windows)
    {
        (_ranks, _measures) = (head == ModelHead.Reconstruction, head == ModelHead.RemainingLife);
        _plain = windows.Count;
        Windows = _ranks ? [.. windows, .. Carried(shape, windows, Seed)] : windows;
    }

    /// <summary>What both models must answer; the plain ones first.</summary>
    public IReadOnlyList<float[]> Windows { get; }

    /// <summary>What a fit may learn the float twin's answers from: the same mixture of windows, of others.</summary>
    public IReadOnlyList<float[]> Fitting(Shape shape, IReadOnlyList<float[]> windows) =>
        _ranks ? [.. windows, .. Carried(shape, windows, FittingSeed)] : windows;

    /// <param name="precise">Answers of the float twin to each window.</param>
    /// <param name="rounded">Answers of the int8 model.</param>
    public double Loss(IReadOnlyList<float[]> precise, IReadOnlyList<float[]> rounded)
    {
        if (_measures) return precise.Zip(rounded, (one, other) => one.Zip(other, (a, b) => Math.Abs((double)a - b)).Average()).Average();
        var worst = 0.0;
        if (!_ranks)
        {
            for (var answer = 0; answer < precise[0].Length; answer++)
            {
                var decided = precise.Select(logits => Lead(logits, answer) > 0).ToList();
                worst = Math.Max(worst, 1 - AreaUnderCurve.Of(Of(decided, true, answer), Of(decided, false, answer)));
            }

            return worst;
        }

        return Area(precise) - Area(rounded);

        List<double> Of(List<bool> decided, bool wanted, int answer) =>
            [.. rounded.Where((_, i) => decided[i] == wanted).Select(logits => Lead(logits, answer))];
    }

    /// <summary>How far a logit leads; a single one leads 0.</summary>
    private static double Lead(float[] logits, int answer)
    {
        var other = logits.Length == 1 ? 0f : float.NegativeInfinity;
        for (var i = 0; i < logits.Length; i++)
        {
            if (i != answer) other = Math.Max(other, logits[i]);
        }

        return (double)logits[answer] - other;
    }

    /// <summary>Between the windows that were carried only and those that were bent.</summary>
    private double Area(IReadOnlyList<float[]> answers)
    {
        var scores = answers.Skip(_plain).Select((answer, i) => (double)TensorPrimitives.Distance<float>(answer, Windows[_plain + i])).ToList();
        return AreaUnderCurve.Of([.. scores.Where((_, i) => IsBent(i))], [.. scores.Where((_, i) => !IsBent(i))]);
    }

    private static bool IsBent(int carried) => carried % 2 == 1;

    private static IEnumerable<float[]> Carried(Shape shape, IReadOnlyList<float[]> windows, ulong seed)
    {
        var (mean, deviation) = ChannelStatistics(shape, windows);
        for (var n = 0; n < windows.Count * Copies; n++)
        {
            var random = new SeededRandom(SeededRandom.SeedOf(seed, (ulong)n, 0, 0));
            var far = MathF.Pow(Farthest, random.NextSingle());
            var result = (float[])windows[n % windows.Count].Clone();
            for (var c = 0; c < shape.Channels; c++)
            {
                var bend = IsBent(n) ? Bend * deviation[c] * random.NextNormal() : 0;
                foreach (ref var value in result.AsSpan(c * shape.Length, shape.Length)) value = mean[c] + (far * (value - mean[c])) + bend;
            }

            yield return result;
        }
    }

    private static (float[] Mean, float[] Deviation) ChannelStatistics(Shape shape, IReadOnlyList<float[]> windows)
    {
        var (mean, deviation) = (new float[shape.Channels], new float[shape.Channels]);
        for (var c = 0; c < shape.Channels; c++)
        {
            var values = windows.SelectMany(window => window.AsSpan(c * shape.Length, shape.Length).ToArray()).ToArray();
            mean[c] = TensorPrimitives.Average<float>(values);
            deviation[c] = TensorPrimitives.StdDev<float>(values);
        }

        return (mean, deviation);
    }
}
