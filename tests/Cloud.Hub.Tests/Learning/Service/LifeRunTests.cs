using Cloud.Hub.Learning;
using Cloud.Hub.Tests.Learning.Recipes;
using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Hmas.Inference;
using Hmas.Testing;
using Hmas.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Learning.Service;

/// <summary>Remaining life from failures that people told: trained by the service from what the archive holds, answered by the agent's own
/// pipeline over machines that no fit has seen.</summary>
public sealed class LifeRunTests
{
    private const int Machines = 30;
    private const long Second = 1_000_000;
    private static readonly SensorChannel[] Channels = [new("Current"), new("Pressure"), new("Flow")];

    [Fact]
    public async Task Failures_that_were_told_become_a_model_whose_band_holds_and_a_rule_fires_before_the_next_machine_fails()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(Worn(60), folder.Path, registry);
        await learning.BeginAsync();
        var run = await learning.TrainAsync(LearningFixture.Request("remaining-life"));
        await learning.EndAsync();
        Assert.True(run.State == RunStates.Registered, run.Message);
        Assert.StartsWith("a first model with 1 - mean error of life 0.", run.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["life 0 to 25 %", "life 25 to 50 %", "life 50 to 75 %", "life 75 % and more"],
            run.SliceCurves.Keys.Where(name => !name.StartsWith("run ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        var all = run.CandidateMetrics["all"];
        Assert.True(all.LifeError < 0.15, $"mean error {all.LifeError} of the horizon");
        Assert.InRange(all.Held!.Value, 0.65, 0.97);

        var package = ModelPackage.Open(
            (await registry.PackageAsync(run.CandidateDigest!, CancellationToken.None))!.Value, run.CandidateDigest!, new PackageLimits());
        Assert.Equal(Channels.Select(channel => channel.Name), package.Manifest.Channels);
        Assert.InRange(package.Manifest.RemainingLife!.HorizonRows, 110, 140);
        Assert.NotEmpty(package.Manifest.Probe!.Answers);
        ProbeRun.Verify(package.Manifest, package.Onnx.Span);
        var wrong = package.Manifest.Probe with { Answers = [.. package.Manifest.Probe.Answers.Select(answer => answer + 60)] };
        Assert.Equal(
            "Probe", Assert.Throws<InferenceException>(() => ProbeRun.Verify(package.Manifest with { Probe = wrong }, package.Onnx.Span)).Code);
        Answer(package);
    }

    [Fact]
    public async Task A_second_round_keeps_the_horizon_and_is_judged_against_the_first_on_runs_and_quarters_of_life()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = Worn(24);
        await using var learning = new LearningFixture(fleet, folder.Path, registry);
        await learning.BeginAsync();
        var first = await learning.TrainAsync(LearningFixture.Request("remaining-life"));
        Assert.True(first.State == RunStates.Registered, first.Message);
        for (var i = 24; i < 40; i++) fleet.AddLife($"life-{i:00}", (ulong)i);
        var second = await learning.TrainAsync(LearningFixture.Request("remaining-life", first.CandidateDigest));
        var other = await learning.TrainAsync(LearningFixture.Request("anomaly-logit", first.CandidateDigest));
        await learning.EndAsync();
        Assert.Contains("1 - mean error of life", second.Message, StringComparison.Ordinal);
        Assert.Equal(second.CandidateMetrics.Keys, second.ParentMetrics.Keys);
        Assert.Contains("life 0 to 25 %", second.CandidateMetrics.Keys);
        Assert.True(second.State == RunStates.Registered, second.Message);
        Assert.Equal(
            (await registry.FindAsync(first.CandidateDigest!, CancellationToken.None))!.Manifest.RemainingLife!.HorizonRows,
            (await registry.FindAsync(second.CandidateDigest!, CancellationToken.None))!.Manifest.RemainingLife!.HorizonRows);
        Assert.Contains("makes a detector: nothing compares them", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Machines_that_nobody_saw_fail_teach_no_remaining_life()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 0);
        for (var i = 0; i < 8; i++) fleet.AddLife($"life-{i:00}", (ulong)i, fails: false);
        await using var learning = new LearningFixture(fleet, folder.Path, registry);
        await learning.BeginAsync();
        var run = await learning.TrainAsync(LearningFixture.Request("remaining-life"));
        await learning.EndAsync();
        Assert.Equal(
            (RunStates.Failed, "recipe remaining-life: no run to learn from has a known failure; 0 runs have (hmas label failed)"),
            (run.State, run.Message));
    }

    [Fact]
    public void A_manifest_without_a_horizon_or_with_another_head_is_refused()
    {
        var (manifest, onnx) = (Manifest(), Array.Empty<byte>());
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

    private static void Answer(VerifiedPackage package)
    {
        var rules = RuleFile.Parse(
            "version: 1\nrules:\n  - id: replace-soon\n    when: { prediction: lifeLow, below: 20 }\n", "rules.yaml",
            new RuleScope(Channels, 1, 64, new Dictionary<string, IReadOnlyList<string>>()));
        var follower = new Follower();
        var length = package.Manifest.Window.Length;
        var pipeline = new PerceptionPipeline(
            Channels, 1, new WindowOptions { Length = length, CalibrationRows = length, HistoryFrames = 64, MaxCalibrationRows = 64 }, rules,
            static _ => { }, follower, NullLogger.Instance);
        pipeline.Slot.Exchange(WindowScorers.Open("sha256:life", package.Manifest, package.Onnx.Span));
        double error = 0, blind = 0, held = 0, answers = 0;
        var horizon = package.Manifest.RemainingLife!.HorizonRows;
        for (var machine = 0; machine < Machines; machine++)
        {
            var rows = WearingMachine.Rows((ulong)(1000 + machine)).Chunk(WearingMachine.Channels).ToList();
            var start = machine * 100_000L;
            follower.Begin(start * Second, rows.Count);
            for (var t = 0; t < rows.Count; t++)
            {
                float[] values = [40 * rows[t][0], 7 + rows[t][1], 300 * rows[t][2]];
                for (var c = 0; c < values.Length; c++) pipeline.Add([new Sample((ushort)c, (start + t) * Second, values[c])]);
            }

            pipeline.EndRun((start + rows.Count) * Second);
            foreach (var (left, told) in follower.Told)
            {
                var truth = Math.Min(left, horizon);
                error += Math.Abs(told.Median - truth);
                blind += Math.Abs((horizon / 2f) - truth);
                if (told.Low <= truth && truth <= told.High) held++;
                answers++;
            }

            Assert.True(follower.FiredWithLeft is > 0, $"machine {machine}: nobody said that it would fail");
        }

        pipeline.Slot.Exchange(null)?.Dispose();
        Assert.True(error < 0.45 * blind, $"mean error {error / answers:0.0} s, {blind / answers:0.0} s without looking");
        Assert.InRange(held / answers, 0.65, 0.97);
    }

    private static SimulatedFleet Worn(int machines)
    {
        var fleet = new SimulatedFleet(runs: 0);
        for (var i = 0; i < machines; i++) fleet.AddLife($"life-{i:00}", (ulong)i);
        return fleet;
    }

    private static ModelManifest Manifest() => new()
    {
        Name = "life",
        Release = 1,
        OnnxDigest = "sha256:0",
        OnnxBytes = 1,
        Channels = [.. Channels.Select(channel => channel.Name)],
        RateHz = 1,
        Window = new WindowSpec(30, 1),
        Recipe = new FeatureRecipe { Normalisation = Normalisation.None, Clip = 0 },
        Input = new TensorSpec("window", [1, Channels.Length, 30]),
        Output = new TensorSpec("quantiles", [1, LifeEstimator.Quantiles]),
        Head = ModelHead.RemainingLife,
        RemainingLife = new RemainingLife(125, 0.8, 0),
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
