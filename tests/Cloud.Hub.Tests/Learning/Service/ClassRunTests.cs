using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Inference.HeadTuning;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Service;

/// <summary>Classifiers from a fleet's labelled experience: classes are what labels name.</summary>
public sealed class ClassRunTests
{
    [Fact]
    public async Task Named_states_become_a_signed_classifier_and_the_next_one_is_judged_against_it_per_run_and_per_class()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = SimulatedFleet.WithStates(8);
        await using var learning = new LearningFixture(fleet, folder.Path, registry, settings: ("MinSliceRows", "10"));
        await learning.BeginAsync();

        var first = await learning.TrainAsync(LearningFixture.Request("states"));
        Assert.True(first.State == RunStates.Registered, first.Message);
        for (var run = 8; run < 12; run++) fleet.AddStates($"run-{run:00}", run);
        var second = await learning.TrainAsync(
            LearningFixture.Request("states", first.CandidateDigest) with { Transfer = new TransferRequest { FrozenLayers = 1 } });
        Assert.True(second.State == RunStates.Registered, second.Message);
        await learning.EndAsync();

        var manifest = (await registry.FindAsync(second.CandidateDigest!, CancellationToken.None))!.Manifest;
        Assert.Equal(ModelHead.Classes, manifest.Head);
        Assert.Equal(["blocked", "idle", "pumping"], manifest.Classes);
        Assert.Equal(["Current", "Pressure", "Flow"], manifest.Channels);
        Assert.NotNull(manifest.PredictionSet);
        Assert.Equal(first.CandidateDigest, manifest.Lineage.ParentDigest);
        var slices = second.CandidateMetrics.Keys;
        Assert.Equal(
            ["all", "class blocked", "class idle", "class pumping"], slices.Where(name => !name.StartsWith("run-", StringComparison.Ordinal)));
        Assert.Contains(slices, name => name.StartsWith("run-", StringComparison.Ordinal));
        Assert.Equal(slices, second.ParentMetrics.Keys);
        Assert.True(second.CandidateMetrics["all"].Accuracy > 0.9, second.Message);
        Assert.NotEmpty(second.ValidationCurve);
        Assert.Equal(manifest.Classes, second.SliceCurves.Keys.Where(name => !name.StartsWith("run ", StringComparison.Ordinal)).Order());
        Assert.Contains(second.SliceCurves.Keys, name => name.StartsWith("run run-", StringComparison.Ordinal));
        Assert.Contains("each validation run, the worst named", second.Picture, StringComparison.Ordinal);
        Assert.All(second.SliceCurves.Values, curve => Assert.Equal(second.ValidationCurve.Count, curve.Count));
    }

    [Fact]
    public async Task A_new_state_joins_the_classes_behind_those_of_the_parent()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 0);
        for (var run = 0; run < 8; run++) fleet.AddStates($"run-{run:00}", run, "pumping", "idle");
        await using var learning = new LearningFixture(fleet, folder.Path, registry);
        await learning.BeginAsync();
        var first = await learning.TrainAsync(LearningFixture.Request("states"));
        for (var run = 8; run < 14; run++) fleet.AddStates($"run-{run:00}", run);
        var second = await learning.TrainAsync(LearningFixture.Request("states", first.CandidateDigest));
        await learning.EndAsync();

        Assert.True(second.State == RunStates.Registered, second.Message);
        Assert.Equal(["idle", "pumping"], (await registry.FindAsync(first.CandidateDigest!, CancellationToken.None))!.Manifest.Classes);
        Assert.Equal(["idle", "pumping", "blocked"], (await registry.FindAsync(second.CandidateDigest!, CancellationToken.None))!.Manifest.Classes);
    }

    [Fact]
    public async Task What_a_device_answers_is_what_the_hub_counted()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(SimulatedFleet.WithStates(8), folder.Path, registry);
        await learning.BeginAsync();
        var run = await learning.TrainAsync(LearningFixture.Request("states"));
        await learning.EndAsync();
        var package = Hmas.Trust.ModelPackage.Open(
            (await registry.PackageAsync(run.CandidateDigest!, CancellationToken.None))!.Value, run.CandidateDigest!, new Hmas.Trust.PackageLimits());
        using var classifier = new Classifier(package.Manifest, package.Onnx.Span, new SessionSettings());
        var window = new float[package.Manifest.Channels.Count * package.Manifest.Window.Length];
        for (var t = 0; t < package.Manifest.Window.Length; t++)
        {
            window[t] = 4;
            window[package.Manifest.Window.Length + t] = 3 + MathF.Sin(t * 0.9f);
            window[(2 * package.Manifest.Window.Length) + t] = 5;
        }

        Assert.NotEmpty(package.Manifest.Probe!.Answers);
        Assert.Equal(0, package.Manifest.Probe.Answers.Count % package.Manifest.Classes.Count);
        ProbeRun.Verify(package.Manifest, package.Onnx.Span);
        Assert.Equal("pumping", package.Manifest.Classes[classifier.Classify(window).Class]);
        RequireEmbedding(package, window);
    }

    [Theory]
    [InlineData("states", "idle", "needs two named states")]
    [InlineData("presence", "idle", "no device has the channels CO2")]
    public async Task Data_that_cannot_carry_a_classifier_fail_the_run_with_what_is_missing(string recipe, string only, string reason)
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var fleet = new SimulatedFleet(runs: 0);
        for (var run = 0; run < 4; run++) fleet.AddStates($"run-{run:00}", run, only);
        await using var learning = new LearningFixture(fleet, folder.Path, registry);
        await learning.BeginAsync();
        var ended = await learning.TrainAsync(LearningFixture.Request(recipe));
        await learning.EndAsync();
        Assert.Equal(RunStates.Failed, ended.State);
        Assert.Contains(reason, ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_detector_is_no_parent_of_a_classifier()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(new SimulatedFleet(runs: 8), folder.Path, registry);
        await learning.BeginAsync();
        var first = await learning.TrainAsync(LearningFixture.Request("reconstruction"));
        var ended = await learning.TrainAsync(LearningFixture.Request("states", first.CandidateDigest));
        await learning.EndAsync();
        Assert.Equal(RunStates.Failed, ended.State);
        Assert.Contains("makes a classifier: nothing compares them", ended.Message, StringComparison.Ordinal);
    }

    /// <summary>The very graph that answers gives what goes into its last layer; bytes that are cut off are refused, and nothing else.</summary>
    private static void RequireEmbedding(Hmas.Trust.VerifiedPackage package, float[] window)
    {
        const int Width = 32;
        using var embedding = new HeadEmbedding(package.Manifest, package.Onnx.Span, 3 * (Width + 1));
        Assert.Equal(Width, embedding.Width);
        Assert.Contains(embedding.Of(window).ToArray(), value => value > 0);
        Assert.Equal("Head", Assert.Throws<InferenceException>(() => new HeadEmbedding(package.Manifest, package.Onnx.Span, 100)).Code);
        for (var cut = 0; cut < package.Onnx.Length; cut += 61)
            Assert.Throws<InferenceException>(() => new HeadEmbedding(package.Manifest, package.Onnx.Span[..cut], 3 * (Width + 1)));
    }
}
