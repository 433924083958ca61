using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Hmas.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Learning.Recipes;

/// <summary>Remaining life on a device: the agent's own pipeline, from samples to rules, over machines that no fit has seen.</summary>
public sealed class LifeDeviceTests
{
    private const int Machines = 30;
    private const long Second = 1_000_000;
    private static readonly LifeRecipe Recipe = new();
    private static readonly SensorChannel[] Channels = [new("temperature"), new("vibration"), new("current")];

    [Fact]
    public void The_pipeline_tells_the_band_that_held_out_runs_promised_and_a_rule_fires_before_the_machine_fails()
    {
        var (manifest, onnx) = Train();
        var rules = RuleFile.Parse(
            "version: 1\nrules:\n  - id: replace-soon\n    when: { prediction: lifeLow, below: 20 }\n", "rules.yaml",
            new RuleScope(Channels, 1, 64, new Dictionary<string, IReadOnlyList<string>>()));
        var follower = new Follower();
        var pipeline = new PerceptionPipeline(
            Channels, 1,
            new WindowOptions { Length = LifeRecipe.Window, CalibrationRows = LifeRecipe.Window, HistoryFrames = 64, MaxCalibrationRows = 64 }, rules,
            static _ => { }, follower, NullLogger.Instance);
        pipeline.Slot.Exchange(WindowScorers.Open("sha256:life", manifest, onnx));
        double error = 0, blind = 0, held = 0, answers = 0;
        for (var machine = 0; machine < Machines; machine++)
        {
            var rows = WearingRuns.Machine(new SeededRandom(SeededRandom.SeedOf(7, (ulong)machine, 0, 0)));
            var (life, start) = (rows.Length / Channels.Length, machine * 100_000L);
            follower.Begin(start * Second, life);
            for (var t = 0; t < life; t++)
            {
                for (var c = 0; c < Channels.Length; c++) pipeline.Add(new Sample((ushort)c, (start + t) * Second, rows[(t * Channels.Length) + c]));
            }

            pipeline.EndRun((start + life) * Second);
            foreach (var (left, told) in follower.Told)
            {
                var truth = Math.Min(left, Recipe.Horizon);
                error += Math.Abs(told.Median - truth);
                blind += Math.Abs((Recipe.Horizon / 2f) - truth);
                if (told.Low <= truth && truth <= told.High) held++;
                answers++;
            }

            Assert.True(follower.FiredWithLeft is > 0, $"machine {machine}: nobody said that it would fail");
        }

        pipeline.Slot.Exchange(null)?.Dispose();
        Assert.True(error < 0.45 * blind, $"mean error {error / answers:0.0} s, {blind / answers:0.0} s without looking");
        Assert.InRange(held / answers, 0.7, 0.95);
    }

    [Fact]
    public void A_manifest_without_a_horizon_or_with_another_head_is_refused()
    {
        var (manifest, onnx) = (Manifest(0), Array.Empty<byte>());
        Assert.Equal(
            "Head", Assert.Throws<InferenceException>(() => new LifeEstimator(
                manifest with { RemainingLife = null }, onnx, new SessionSettings())).Code);
        Assert.Equal(
            "Head", Assert.Throws<InferenceException>(() => new LifeEstimator(
                manifest with { Head = ModelHead.AnomalyLogit }, onnx, new SessionSettings())).Code);
        Assert.Equal(
            "Shape", Assert.Throws<InferenceException>(() => new LifeEstimator(
                manifest with { Output = new TensorSpec("quantiles", [1, 2]) }, onnx, new SessionSettings())).Code);
    }

    private static (ModelManifest Manifest, byte[] Onnx) Train()
    {
        var (fitted, calibration) = (new WearingRuns(60, 1), new WearingRuns(40, 2));
        using var network = new Network(fitted.Input, LifeRecipe.Layers(), 1);
        new Trainer(network, LifeRecipe.Loss(), LifeRecipe.Settings).Run(fitted, null, null, null, null, null, CancellationToken.None);
        var widening = LifeRecipe.Calibrate(
            LifeRecipeTests.Answers(network, calibration), [.. Enumerable.Range(0, calibration.Count).Select(calibration.TargetOf)]);
        var manifest = Manifest(widening);
        return (manifest, OnnxWriter.Write(LifeRecipe.Name, OperationBuilder.Build(network), manifest.Input, manifest.Output));
    }

    private static ModelManifest Manifest(double widening) => new()
    {
        Name = "life",
        Release = 1,
        OnnxDigest = "sha256:0",
        OnnxBytes = 1,
        Channels = [.. Channels.Select(channel => channel.Name)],
        RateHz = 1,
        Window = new WindowSpec(LifeRecipe.Window, 1),
        Recipe = new FeatureRecipe { Normalisation = Normalisation.None, Clip = 0 },
        Input = new TensorSpec("window", [1, Channels.Length, LifeRecipe.Window]),
        Output = new TensorSpec("quantiles", [1, LifeRecipe.Quantiles.Length]),
        Head = ModelHead.RemainingLife,
        RemainingLife = Recipe.Head(widening),
        Threshold = new ThresholdPolicy(),
        Precision = "float32",
        Lineage = new Lineage { RunId = "test", CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "test" },
    };

    /// <summary>What is told of a run whose end is known.</summary>
    private sealed class Follower : IObservationSink
    {
        private long _startUs;
        private int _life;

        public List<(int Left, LifeEstimate Told)> Told { get; } = [];

        /// <summary>Rows of life that were left when the rule fired first.</summary>
        public int? FiredWithLeft { get; private set; }

        public void Begin(long startUs, int life)
        {
            (_startUs, _life, FiredWithLeft) = (startUs, life, null);
            Told.Clear();
        }

        public void Observe(in Observation observation)
        {
            var left = _life - 1 - (int)((observation.TimestampUs - _startUs) / Second);
            if (observation.Prediction is { State: PredictionState.Scored, Life: { } told }) Told.Add((left, told));
            if (!observation.Decisions.IsEmpty) FiredWithLeft ??= left;
        }
    }
}
