using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Workers;
using Hmas.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Cloud.Hub.Tests.Learning.Service;

/// <summary>A real file system without room for another byte.</summary>
public sealed class FullDiskTests
{
    [RootFact]
    public async Task A_full_disk_fails_the_run_and_not_the_worker_which_goes_on_when_there_is_room_again()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await Tool.RunAsync("mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder.Path);
        try
        {
            var log = new WarningLog();
            var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(55));
            await using var learning = new LearningFixture(new SimulatedFleet(runs: 4), folder.Path, registry, time, log);
            var runId = await learning.Runs.StartAsync(LearningFixture.Request("reconstruction"), CancellationToken.None);
            Fill(folder.File("ballast"));
            await learning.BeginAsync();
            while (!(await log.NextAsync()).Contains("is not on disk yet", StringComparison.Ordinal))
            {
            }

            File.Delete(folder.File("ballast"));
            var ended = learning.UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
            while (!ended.IsCompleted)
            {
                time.Advance(TrainingWorker.AskAgain);
                await Task.Yield();
            }

            var run = await ended;
            Assert.Equal(RunStates.Failed, run.State);
            Assert.Contains("full", run.Message, StringComparison.OrdinalIgnoreCase);
            var next = await learning.TrainAsync(LearningFixture.Request("reconstruction"));
            Assert.True(next.State == RunStates.Registered, next.Message);
            await learning.EndAsync();
        }
        finally
        {
            await Tool.RunAsync("umount", folder.Path);
        }
    }

    private static void Fill(string path)
    {
        using var file = File.Create(path);
        try
        {
            while (true) file.Write(new byte[4096]);
        }
        catch (IOException)
        {
        }
    }
}
