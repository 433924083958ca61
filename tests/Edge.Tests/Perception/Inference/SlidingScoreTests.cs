using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Hmas.Inference;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Perception.Inference;

public sealed class SlidingScoreTests
{
    private const long SecondUs = 1_000_000;
    private static readonly SensorChannel[] Channels = [new("b"), new("other"), new("a")];

    [Fact]
    public void A_model_that_goes_on_row_by_row_answers_as_one_that_gets_every_window_whole()
    {
        NativeRuntime.DisableTelemetry();
        using var sliding = Open();
        using var whole = Open();
        Assert.True(((ISlidingScorer)sliding).Slides);
        var expected = Play(new Whole(whole));
        Assert.Equal(expected, Play(sliding));
        Assert.True(expected.Count(score => !float.IsNaN(score)) > 100);
    }

    private static IWindowScorer Open()
    {
        var onnx = FixturePackage.Onnx("half");
        var manifest = FixturePackage.Manifest(1, onnx);
        return WindowScorers.Open("sha256:half", manifest with
        {
            Window = new WindowSpec(11, 1),
            Recipe = new FeatureRecipe { SmoothingLength = 4, Normalisation = Normalisation.ZScore, Clip = 3, Compression = Compression.Asinh },
        }, onnx);
    }

    /// <summary>Raw scores of each frame: two runs, a gap that no window spans, missing values, a swap to the same model in between.</summary>
    private static List<float> Play(IWindowScorer scorer)
    {
        var scores = new Scores();
        var pipeline = new PerceptionPipeline(
            Channels, 1, new WindowOptions { MaxGap = TimeSpan.FromSeconds(20) }, RuleSet.Empty, static _ => { }, scores, NullLogger.Instance);
        pipeline.Slot.Exchange(scorer);
        for (var run = 0; run < 2; run++)
        {
            var startUs = run * 10_000 * SecondUs;
            pipeline.StartRun($"run-{run}", startUs);
            for (var i = 0; i < 150; i++)
            {
                var atUs = startUs + ((i + (i < 100 ? 0 : 30)) * SecondUs);
                for (ushort channel = 0; channel < Channels.Length; channel++)
                    pipeline.Add([new Sample(channel, atUs, (i + channel) % 13 == 0 ? float.NaN : MathF.Sin((i * (channel + 1)) + run))]);
                if (i == 80) pipeline.Slot.Exchange(pipeline.Slot.Exchange(null));
            }

            pipeline.EndRun(startUs + (1000 * SecondUs));
        }

        return scores.Raw;
    }

    private sealed class Scores : IObservationSink
    {
        public List<float> Raw { get; } = [];

        public void Observe(in Observation observation) => Raw.Add(observation.Prediction.Raw);
    }

    /// <summary>Hides that the model could slide.</summary>
    private sealed class Whole(IWindowScorer inner) : IWindowScorer
    {
        public string Digest => inner.Digest;

        public ModelManifest Manifest => inner.Manifest;

        public bool IsCalibrated => inner.IsCalibrated;

        public float Threshold => inner.Threshold;

        public void Calibrate(ReadOnlySpan<float> rows) => inner.Calibrate(rows);

        public WindowScore Score(ReadOnlySpan<float> window) => inner.Score(window);

        public void StartRun() => inner.StartRun();

        public void Dispose() => inner.Dispose();
    }
}
