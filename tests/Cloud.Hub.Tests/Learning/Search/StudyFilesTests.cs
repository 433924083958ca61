using Cloud.Hub.Host;
using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Search;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Tests.Learning.Service;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Learning.Search;

/// <summary>How long the trials of the service's searches stay on disk.</summary>
public sealed class StudyFilesTests
{
    [Fact]
    public async Task Trials_of_searches_that_have_not_ended_and_of_the_newest_that_have_stay_and_all_others_go()
    {
        using var folder = new TempFolder();
        var paths = new HubPaths(folder.Path);
        await using var store = new RunStore(paths, NullLogger<RunStore>.Instance);
        var files = new StudyFiles(paths, store);
        files.Retain();
        var ended = Enumerable.Range(0, StudyFiles.Kept + 3).Select(i => $"train-{i:00}").ToList();
        await KeepAsync("train-queued", RunStates.Queued);
        foreach (var run in ended) await KeepAsync(run, RunStates.Searched);
        await KeepAsync("train-works", RunStates.Training);
        await File.WriteAllTextAsync(files.Of("train-unknown"), "");

        files.Retain();
        Assert.Equal(
            ended.Skip(3).Concat(["train-queued", "train-works"]).SelectMany(run => new[] { $"{run}.db", $"{run}.db-shm", $"{run}.db-wal" }).Order(
                StringComparer.Ordinal),
            Directory.GetFiles(folder.File("studies")).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        async Task KeepAsync(string run, string state)
        {
            await store.SaveAsync(
                new TrainingRunView
                {
                    RunId = run, State = state, StartedAt = DateTimeOffset.UnixEpoch,
                    Request = LearningFixture.Request("states") with { Search = new SearchRequest() },
                },
                CancellationToken.None);
            foreach (var end in (string[])["", "-wal", "-shm"]) await File.WriteAllTextAsync(files.Of(run) + end, "");
        }
    }
}
