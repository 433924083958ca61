using System.Xml.Linq;
using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Search;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Search;

public sealed class StudyRunnerTests : IDisposable
{
    private static readonly StudySettings Settings = new()
    {
        Recipe = "valley", DataDigest = "sha256:00", Space = [new("rate", 1e-4, 1, IsLogarithmic: true), new("share", 0, 1)], Defaults = [1e-2, 0.5],
        Halving = 9, Seed = 3,
    };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_study_that_was_stopped_goes_on_as_one_that_was_not()
    {
        var whole = await RunAsync("whole.db", new Valley(), 40);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RunAsync(
            "stopped.db", new Valley { After = 25, Then = stop.Cancel }, 40, cancellation: stop.Token));
        var resumed = await RunAsync("stopped.db", new Valley(), 40);
        Assert.Equal(
            whole.Trials.Select(trial => (trial.Id, trial.Value, trial.Rung)), resumed.Trials.Select(trial => (trial.Id, trial.Value, trial.Rung)));
    }

    [Fact]
    public async Task Trials_that_run_at_once_each_end_with_one_result_and_few_get_the_full_budget()
    {
        var objective = new Valley();
        var study = await RunAsync("parallel.db", objective, 60, parallel: 4, settings: Settings with { Strategy = "random" });
        Assert.Equal(60, study.Trials.Count);
        Assert.Empty(study.Open);
        Assert.InRange(study.Trials.Count(trial => trial.Rung == 2), 2, 30);
        Assert.True(objective.Spent < 60 * 0.5, $"{objective.Spent} full budgets were spent on 60 trials");
        Assert.Equal(2, study.Best!.Rung);
    }

    [Fact]
    public async Task The_defaults_come_first_with_the_full_budget_so_that_the_best_is_never_worse()
    {
        var study = await RunAsync("defaults.db", new Valley(), 12);
        var first = study.Trials[0];
        Assert.Equal(2, first.Rung);
        Assert.Equal(1e-2, study.Values(first)["rate"], 1e-6);
        Assert.True(study.Best!.Value <= first.Value);
    }

    [Fact]
    public async Task A_run_that_diverges_is_kept_and_the_search_goes_on()
    {
        await RunAsync("nan.db", new Valley { FailsEvery = 3 }, 20);
        await using var store = await StudyStore.OpenAsync(_folder.File("nan.db"), Settings, CancellationToken.None);
        Assert.Contains(store.Results(), result => double.IsNaN(result.Value));
        Assert.Equal(20, store.Trials().Count);
    }

    [Fact]
    public async Task The_file_of_another_study_is_refused_by_name()
    {
        await RunAsync("mine.db", new Valley(), 2);
        var refusal =
            await Assert.ThrowsAsync<ArgumentException>(() => StudyStore.OpenAsync(
                _folder.File("mine.db"), Settings with { DataDigest = "sha256:ff" }, CancellationToken.None));
        Assert.Contains("mine.db", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("sha256:ff", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_hyperparameter_that_decides_is_told_from_the_one_that_does_not()
    {
        var study = new SearchStudy(Settings.Space, new RandomSearch(), 1);
        for (var i = 0; i < 200; i++)
        {
            var trial = study.Ask();
            study.Tell(trial.Id, Math.Abs(trial.Unit[1] - 0.3));
        }

        var shares = ParameterImportance.Of(study.Trials);
        Assert.True(shares[1] > 0.9, $"importance {shares[0]:0.00} and {shares[1]:0.00}");
        Assert.Empty(ParameterImportance.Of([.. study.Trials.Take(10)]));
    }

    [Fact]
    public async Task Pictures_are_readable_and_show_every_trial_and_hyperparameter()
    {
        await SearchCommand.RunAsync(Settings, new Valley(), _folder.Path, trials: 30, parallel: 1, TextWriter.Null, CancellationToken.None);
        var parallel = XDocument.Load(_folder.File("parallel.svg"));
        Assert.Equal(30, parallel.Descendants().Count(element => element.Name.LocalName == "polyline"));
        Assert.Contains(parallel.Descendants(), element => element.Value == "share");
        Assert.Equal(30, XDocument.Load(_folder.File("history.svg")).Descendants().Count(element => element.Name.LocalName == "circle"));
        // One for the ground.
        Assert.Equal(1 + 2, XDocument.Load(_folder.File("importance.svg")).Descendants().Count(element => element.Name.LocalName == "rect"));
    }

    private async Task<SearchStudy> RunAsync(
        string file, ISearchObjective objective, int trials, int parallel = 1, StudySettings? settings = null,
        CancellationToken cancellation = default)
    {
        settings ??= Settings;
        await using var store = await StudyStore.OpenAsync(_folder.File(file), settings, CancellationToken.None);
        return await new StudyRunner(settings, store, objective, trials, parallel).RunAsync(null, cancellation);
    }

    /// <summary>Lowest where rate is 0.001 and share 0.3; less budget, less exact.</summary>
    private sealed class Valley : ISearchObjective
    {
        private double _spent;
        private int _calls;

        /// <summary>Calls until <see cref="Then"/>; 0 for never.</summary>
        public int After { get; init; }

        public Action? Then { get; init; }

        public int FailsEvery { get; init; }

        public double Spent => _spent;

        public double Evaluate(IReadOnlyDictionary<string, double> values, double share, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            var call = Interlocked.Increment(ref _calls);
            if (call == After)
            {
                Then!();
                cancellation.ThrowIfCancellationRequested();
            }

            lock (this) _spent += share;
            if (FailsEvery > 0 && call % FailsEvery == 0) return double.NaN;
            return Math.Pow(Math.Log10(values["rate"]) + 3, 2) + Math.Pow(values["share"] - 0.3, 2) + (0.1 * (1 - share));
        }
    }
}
