using System.Globalization;
using Cloud.Hub.Learning.Classes;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Search;

namespace Cloud.Hub.Learning.Workers;

/// <summary>A search as a run of the service: trials are judged on runs of machines that their fit did not see, one after the other, in
/// this process. Trials and results are on disk before they count, so a restart goes on.</summary>
internal sealed class SearchJob(StudyFiles files, IRunReporter reporter)
{
    private const double Before = 0.1;
    private const double Share = 0.9;

    /// <param name="run">In state training.</param>
    /// <param name="recipe">With its classes.</param>
    /// <param name="digest">Of the data.</param>
    /// <returns>The run in its last state, <c>searched</c>; not yet reported.</returns>
    /// <exception cref="TrainingRefusedException">The data cannot carry a search, or no trial gave a result.</exception>
    public async Task<TrainingRunView> RunAsync(
        TrainingRunView run, ClassRecipe recipe, FleetExperience experience, ILookup<RunPart, RunRows> parts, string digest,
        CancellationToken cancellation)
    {
        var asked = run.Request.Search!;
        var samples = ClassData.Samples(recipe, experience, parts[RunPart.Fit].Concat(parts[RunPart.Validation]));
        var settings = new StudySettings
        {
            Recipe = recipe.Name,
            DataDigest = digest,
            Space = ClassRecipeSpace.Dimensions,
            Defaults = ClassRecipeSpace.Of(recipe),
            Strategy = asked.Strategy,
            Seed = (ulong)run.Request.Seed,
            Halving = asked.Halving,
        };
        await using var store = await StudyStore.OpenAsync(files.Of(run.RunId), settings, cancellation);
        var follower = new Follower(result =>
        {
            run = run with { Progress = Before + (Share * Math.Min(1, (result.Trial + 1.0) / asked.Trials)), Message = result.Text };
            reporter.ReportAsync(run, cancellation).GetAwaiter().GetResult();
        });
        try
        {
            var study = await new StudyRunner(settings, store, new ClassObjective(recipe, samples), asked.Trials, parallel: 1).RunAsync(
                follower, cancellation);
            if (study.Best is not { } best) throw new TrainingRefusedException("no trial gave a result");
            return run with
            {
                State = RunStates.Searched,
                Progress = 1,
                Hyperparameters = study.Values(best)
                    .ToDictionary(pair => pair.Key, pair => pair.Value.ToString("0.######", CultureInfo.InvariantCulture)),
                Picture = StudyPictures.History(study.Trials),
                Message = string.Create(
                    CultureInfo.InvariantCulture,
                    $"best is trial {best.Id} of {study.Trials.Count}: 1 - macro F1 {best.Value:0.0000}, {study.Trials[0].Value:0.0000} with the recipe's own; chosen on these runs, so flattered by them"),
            };
        }
        catch (CorpusException refused)
        {
            throw new TrainingRefusedException(refused.Message);
        }
    }

    /// <summary>On the search's own thread, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Follower(Action<(int Trial, string Text)> tell) : IProgress<(TrialResult Result, SearchStudy Study)>
    {
        public void Report((TrialResult Result, SearchStudy Study) value) => tell((value.Result.Trial, string.Create(
            CultureInfo.InvariantCulture,
            $"trial {value.Result.Trial}, rung {value.Result.Rung}: {value.Result.Value:0.0000}; best {value.Study.Best?.Value:0.0000}")));
    }
}
