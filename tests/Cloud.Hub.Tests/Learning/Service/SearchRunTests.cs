using System.Diagnostics;
using System.Globalization;
using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Hmas.Testing;
using Microsoft.Data.Sqlite;

namespace Cloud.Hub.Tests.Learning.Service;

/// <summary>Searches as runs of the service: told, cancelled, and taken up again after a kill.</summary>
public sealed class SearchRunTests
{
    private const int Trials = 6;

    private static TrainingRequest Request =>
        LearningFixture.Request("states") with { Search = new SearchRequest { Trials = Trials, Halving = 3 } };

    [Fact]
    public async Task A_search_is_a_run_that_tells_the_best_trial_and_makes_no_model()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(SimulatedFleet.WithStates(6), folder.Path, registry);
        await learning.BeginAsync();
        var ended = await learning.TrainAsync(Request with { Search = new SearchRequest { Trials = 3, Halving = 3 } });
        await learning.EndAsync();
        Assert.True(ended.State == RunStates.Searched, ended.Message);
        Assert.Contains("of 3: 1 - macro F1", ended.Message, StringComparison.Ordinal);
        Assert.Contains("learningRate", ended.Hyperparameters.Keys);
        Assert.NotNull(ended.Picture);
        Assert.Null(ended.CandidateDigest);
        Assert.Empty(await registry.ListAsync(CancellationToken.None));
        await Assert.ThrowsAsync<ArgumentException>(() => learning.Runs.StartAsync(
            LearningFixture.Request("reconstruction") with { Search = new SearchRequest() }, CancellationToken.None));
    }

    [Fact]
    public async Task A_search_whose_hub_is_killed_in_mid_trial_goes_on_with_the_same_trials_as_one_that_was_left_alone()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Cloud.Hub.Tests.dll"), "search", folder.Path])
        {
            RedirectStandardOutput = true,
        };
        using (var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System))
        using (var child = Process.Start(start)!)
        {
            while (!((await child.StandardOutput.ReadLineAsync(limit.Token)) ?? throw new InvalidOperationException("the child ended by itself"))
                .StartsWith("trial 2,", StringComparison.Ordinal))
            {
            }

            child.Kill(entireProcessTree: true);
            await child.WaitForExitAsync(limit.Token);
        }

        var before = Results(folder);
        Assert.InRange(before.Count, 3, Trials - 1);
        await using var learning = new LearningFixture(SimulatedFleet.WithStates(6), folder.Path, registry);
        var runId = Assert.Single(await learning.Runs.RunsAsync(CancellationToken.None)).RunId;
        await learning.BeginAsync();
        var resumed = await learning.UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
        await learning.EndAsync();
        Assert.True(resumed.State == RunStates.Searched, resumed.Message);

        using var other = new TempFolder();
        await using var untouched = new LearningFixture(SimulatedFleet.WithStates(6), other.Path, registry);
        await untouched.BeginAsync();
        var whole = await untouched.TrainAsync(Request);
        await untouched.EndAsync();
        Assert.Equal(Results(other), Results(folder));
        Assert.Equal(before, Results(folder).Take(before.Count));
        Assert.Equal((whole.Message, whole.Picture), (resumed.Message, resumed.Picture));
        Assert.Equal(whole.Hyperparameters, resumed.Hyperparameters);
    }

    [Fact]
    public async Task A_cancelled_search_ends_in_mid_trial_keeps_its_trials_and_the_next_run_works()
    {
        using var folder = new TempFolder();
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(SimulatedFleet.WithStates(6), folder.Path, registry);
        await learning.BeginAsync();
        var endless = Request with { Search = new SearchRequest { Trials = 1000, Halving = 3 } };
        var runId = await learning.Runs.StartAsync(endless, CancellationToken.None);
        await learning.UntilAsync(runId, progressed => progressed.Message.StartsWith("trial 1,", StringComparison.Ordinal));
        Assert.True(await learning.Runs.CancelAsync(runId, CancellationToken.None));
        var run = await learning.UntilAsync(runId, progressed => RunStates.HasEnded(progressed.State));
        Assert.Equal((RunStates.Cancelled, "cancelled"), (run.State, run.Message));
        Assert.Null(run.CandidateDigest);
        Assert.InRange(Results(folder).Count, 2, 100);
        var next = await learning.TrainAsync(LearningFixture.Request("states"));
        await learning.EndAsync();
        Assert.True(next.State == RunStates.Registered, next.Message);
    }

    /// <summary>What the child does: a search whose news it prints.</summary>
    internal static async Task SearchUntilKilledAsync(string folder)
    {
        using var registry = new MemoryRegistry();
        await using var learning = new LearningFixture(SimulatedFleet.WithStates(6), folder, registry);
        await learning.BeginAsync();
        var runId = await learning.Runs.StartAsync(Request, CancellationToken.None);
        await learning.UntilAsync(runId, progressed =>
        {
            Console.WriteLine(progressed.Message);
            return RunStates.HasEnded(progressed.State);
        });
    }

    /// <summary>Place, rung and value of every result in the order they came.</summary>
    private static List<string> Results(TempFolder folder)
    {
        var file = Assert.Single(Directory.GetFiles(folder.File("studies"), "*.db"));
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT trial.unit, rung, value FROM result JOIN trial ON trial.id = result.trial ORDER BY result.id";
        using var reader = command.ExecuteReader();
        var results = new List<string>();
        while (reader.Read())
            results.Add(string.Create(CultureInfo.InvariantCulture, $"{reader.GetString(0)} {reader.GetInt32(1)} {reader.GetValue(2)}"));
        return results;
    }
}
