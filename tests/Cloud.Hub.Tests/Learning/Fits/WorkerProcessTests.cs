using Cloud.Hub.Learning;
using Cloud.Hub.Tests.Learning.Service;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Fits;

/// <summary>Workers as processes of their own, killed while they fit.</summary>
public sealed class WorkerProcessTests
{
    [Fact]
    public async Task A_worker_killed_in_mid_epoch_loses_its_lease_and_another_process_ends_the_fit_with_the_same_bits()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(
            new SimulatedFleet(runs: 4), folder.Path, registry, null, null, ("LocalWorkers", "0"), ("Lease", "00:00:15"));
        await learning.BeginAsync();
        await using var server = await FitsServer.StartAsync(learning.Jobs);
        var runId = await learning.Runs.StartAsync(LearningFixture.Request("teacher"), CancellationToken.None);
        using (var first = WorkerProcess.Start(server.Address, folder, "first"))
        {
            var told = await learning.UntilAsync(runId, progressed => progressed.Message.StartsWith("epoch 3 ", StringComparison.Ordinal));
            Assert.Equal("first", told.Worker);
            first.Kill();
        }

        using var second = WorkerProcess.Start(server.Address, folder, "second");
        var run = await learning.UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
        await learning.EndAsync();
        Assert.True(run.State == RunStates.Registered, run.Message);
        Assert.Equal("second", run.Worker);

        using var other = new TempFolder();
        await using var undisturbed = new LearningFixture(new SimulatedFleet(runs: 4), other.Path, registry);
        await undisturbed.BeginAsync();
        var whole = await undisturbed.TrainAsync(LearningFixture.Request("teacher"));
        await undisturbed.EndAsync();
        Assert.Equal("hub-1", whole.Worker);
        Assert.Equal(whole.LossCurve, run.LossCurve);
        Assert.Equal(await OnnxOfAsync(registry, whole.CandidateDigest!), await OnnxOfAsync(registry, run.CandidateDigest!));
    }

    /// <summary>The float twin or the int8 one may ship by time measured here, so both runs are compared by
    /// their curves, and by their bytes where the same one ships.</summary>
    private static async Task<string> OnnxOfAsync(MemoryRegistry registry, string digest)
    {
        var manifest = (await registry.FindAsync(digest, CancellationToken.None))!.Manifest;
        return manifest.Precision == "float32" ? "float32" : manifest.OnnxDigest;
    }
}
