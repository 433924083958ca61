using System.Diagnostics;

namespace Cloud.Hub.Learning.Search;

/// <summary>Runs a study to its end: several trials at once, each result on disk before it counts. Stopped at any
/// point, it goes on from its file and runs again what had no result.</summary>
/// <param name="trials">New trials in all, with those of earlier runs.</param>
/// <param name="parallel">Trials at once. With more than one the order of results, and so the search, depends on the machine.</param>
internal sealed class StudyRunner(StudySettings settings, StudyStore store, ISearchObjective objective, int trials, int parallel)
{
    private readonly SuccessiveHalving _halving = new(1, settings.Halving, settings.Brackets);
    private readonly HashSet<int> _started = [];

    /// <param name="progress">Told after each result.</param>
    /// <returns>The study with all its trials.</returns>
    /// <exception cref="OperationCanceledException">Cancelled; the file holds what was known.</exception>
    public async Task<SearchStudy> RunAsync(IProgress<(TrialResult Result, SearchStudy Study)>? progress, CancellationToken cancellation)
    {
        var study = new SearchStudy(settings.Space, settings.NewStrategy(), settings.Seed, store.Trials());
        foreach (var result in store.Results()) _halving.Report(result.Trial, result.Rung, result.Value);
        var running = new List<Task<TrialResult>>();
        try
        {
            while (true)
            {
                while (running.Count < parallel && await NextAsync(study, cancellation) is var (trial, rung, budget))
                    running.Add(Start(study, trial, rung, budget, cancellation));
                if (running.Count == 0) return study;
                var ended = await Task.WhenAny(running);
                running.Remove(ended);
                var result = await ended;
                await store.KeepAsync(result, cancellation);
                study.Tell(result.Trial, result.Value, result.Rung);
                _halving.Report(result.Trial, result.Rung, result.Value);
                progress?.Report((result, study));
            }
        }
        finally
        {
            // Nobody may outlive the run; how they end no longer counts.
            await Task.WhenAll(running)
                .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <summary>What to run next: what an earlier run left open, a promotion, a new trial; null when
    /// there is nothing until a running one ends.</summary>
    private async Task<(SearchTrial Trial, int Rung, int Budget)?> NextAsync(SearchStudy study, CancellationToken cancellation)
    {
        if (study.Open.FirstOrDefault(trial => _started.Add(trial.Id)) is { } open) return Begin(open);
        if (_halving.Promote() is var (id, rung, budget)) return (study.Trials[id], rung, budget);
        if (study.Trials.Count >= trials) return null;
        var asked = study.Trials.Count == 0 && settings.Defaults is { } defaults
            ? study.Ask([.. settings.Space.Zip(defaults, (dimension, value) => dimension.PlaceOf(value))])
            : study.Ask();
        _started.Add(asked.Id);
        await store.KeepAsync(asked, cancellation);
        return Begin(asked);
    }

    private (SearchTrial Trial, int Rung, int Budget) Begin(SearchTrial trial)
    {
        // The defaults are what everything is compared with, so they always get the full budget.
        var (rung, budget) = trial.Id == 0 && settings.Defaults is not null ? _halving.Full : _halving.Start(trial.Id);
        return (trial, rung, budget);
    }

    private Task<TrialResult> Start(SearchStudy study, SearchTrial trial, int rung, int budget, CancellationToken cancellation)
    {
        var values = study.Values(trial);
        return Task.Factory.StartNew(
            () =>
            {
                var began = Stopwatch.GetTimestamp();
                var value = objective.Evaluate(values, (double)budget / settings.Halving, cancellation);
                return new TrialResult(trial.Id, rung, value, Stopwatch.GetElapsedTime(began).TotalSeconds);
            },
            cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
