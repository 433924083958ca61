using Cloud.Hub.Learning.Classes;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Storage;
using Hmas.Contracts.Models;
using Hmas.Trust;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning.Workers;

/// <summary>What a run learns from and is judged on: experience of the fleet, cut into windows as its recipe and its parent read them.</summary>
internal sealed class RunPreparation(ExperienceCollector collector, RunStore store, IOptions<LearningOptions> options)
{
    /// <summary>A fit draws some 77,000 windows; a package of more would only be heavier to store and to send.</summary>
    private const int MaxFitted = 100_000;

    private const int MaxJudging = 20_000;

    /// <exception cref="TrainingRefusedException">Too little to learn from, or a parent that nothing compares with.</exception>
    public async Task<TrainingData> PrepareAsync(TrainingRunView run, VerifiedPackage? parent, CancellationToken cancellation)
    {
        if (!ClassRecipes.Has(run.Request.Recipe))
        {
            var detector = LearningRecipes.Find(run.Request.Recipe);
            if (detector.Head == ModelHead.RemainingLife) return await PrepareLifeAsync(run, detector, parent, cancellation);
            if (parent?.Manifest.Head is ModelHead.Classes or ModelHead.RemainingLife)
                throw new TrainingRefusedException(
                    $"parent {run.Request.ParentDigest} has head {parent.Manifest.Head}, recipe {detector.Name} makes a detector: nothing compares them");
            var experience = await CollectAsync(run, parent, parent?.Manifest.Channels, rateHz: null, cancellation);
            return DetectorData.Prepare(
                detector, experience, await PartsAsync(run, Alone(DetectorData.Usable(detector, experience)), cancellation), MaxFitted, MaxJudging);
        }

        var recipe = ClassRecipes.Find(run.Request.Recipe, []);
        if (parent is not null) RequireParent(recipe, parent.Manifest, run.Request);
        var lived = await CollectAsync(
            run, parent, recipe.Channels.Count > 0 ? recipe.Channels : parent?.Manifest.Channels,
            recipe.RateHz > 0 ? recipe.RateHz : parent?.Manifest.RateHz, cancellation);
        var parts = await PartsAsync(run, Alone(ClassData.Usable(recipe, lived)), cancellation);
        return ClassData.Prepare(
            recipe, lived, parts, parent?.Manifest, keepsScale: run.Request.Transfer is not null || run.Request.Federated is not null, MaxFitted,
            MaxJudging);
    }

    private async Task<TrainingData> PrepareLifeAsync(
        TrainingRunView run, LearningRecipe recipe, VerifiedPackage? parent, CancellationToken cancellation)
    {
        if (parent is not null && parent.Manifest.Head != ModelHead.RemainingLife)
            throw new TrainingRefusedException(
                $"parent {run.Request.ParentDigest} has head {parent.Manifest.Head}, recipe {recipe.Name} tells remaining life: nothing compares them");
        var experience = await CollectAsync(run, parent, parent?.Manifest.Channels, parent?.Manifest.RateHz, cancellation);
        var lives = LifeGroups.Of(experience, LifeData.Usable(recipe, experience));
        return LifeData.Prepare(
            recipe, experience, await PartsAsync(run, lives, cancellation), parent?.Manifest, keepsScale: run.Request.Transfer is not null, MaxFitted,
            MaxJudging);
    }

    /// <summary>Parent and candidate are compared window by window, so they must read the same and name the same.</summary>
    private static void RequireParent(ClassRecipe recipe, ModelManifest parent, TrainingRequest request)
    {
        if (parent.Head != ModelHead.Classes)
            throw new TrainingRefusedException(
                $"parent {request.ParentDigest} has head {parent.Head}, recipe {recipe.Name} makes a classifier: nothing compares them");
        if (recipe.Channels.Count > 0 && !recipe.Channels.SequenceEqual(parent.Channels))
            throw new TrainingRefusedException($"parent {request.ParentDigest} reads other channels than recipe {recipe.Name}");
        if (recipe.Classes.Count > 0 && parent.Classes.Except(recipe.Classes, StringComparer.OrdinalIgnoreCase).FirstOrDefault() is { } unknown)
            throw new TrainingRefusedException($"parent {request.ParentDigest} tells class '{unknown}', recipe {recipe.Name} does not");
    }

    private static IReadOnlyList<IReadOnlyList<RunRows>> Alone(IEnumerable<RunRows> runs) => [.. runs.Select(run => new[] { run })];

    /// <param name="groups">Runs that stay together.</param>
    private async Task<ILookup<RunPart, RunRows>> PartsAsync(
        TrainingRunView run, IReadOnlyList<IReadOnlyList<RunRows>> groups, CancellationToken cancellation)
    {
        var ids = groups.Select(group => group.Select(r => r.RunId).ToArray()).ToArray();
        var remembered = await store.SplitAsync(ids, cancellation);
        return groups.Zip(ids, (group, names) => (Runs: group, Part: RunSplit.PartOf(names, remembered, run.Request.HeldOutRuns)))
            .SelectMany(group => group.Runs, (group, rows) => (group.Part, Rows: rows)).ToLookup(r => r.Part, r => r.Rows);
    }

    /// <summary>Reads within the bounds that the run settled when it first began, so that a restart meets the same data.</summary>
    private Task<FleetExperience> CollectAsync(
        TrainingRunView run, VerifiedPackage? parent, IReadOnlyList<string>? channels, double? rateHz, CancellationToken cancellation) =>
            collector.CollectAsync(
        new CollectRequest
        {
            Channels = channels,
            RateHz = rateHz,
            Excluded = options.Value.NotRead,
            MaxRows = options.Value.MaxRows,
            Bounds = run.Bounds,
            Known = parent is null ? null : store.Find(parent.Manifest.Lineage.RunId)?.Bounds,
            Seed = run.Request.Seed,
        },
        cancellation);
}
