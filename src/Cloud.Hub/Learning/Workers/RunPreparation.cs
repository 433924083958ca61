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
            var usable = DetectorData.Usable(detector, experience);
            var blocks = await BlocksAsync(run, experience, usable, detector.Window.Length, cancellation);
            if (parent is not null && detector.Balances) RequireFault(detector, experience, blocks[RunPart.HeldOut]);
            return DetectorData.Prepare(detector, experience, blocks, MaxFitted, MaxJudging);
        }

        var recipe = ClassRecipes.Find(run.Request.Recipe, []);
        if (parent is not null) RequireParent(recipe, parent.Manifest, run.Request);
        var lived = await CollectAsync(
            run, parent, recipe.Channels.Count > 0 ? recipe.Channels : parent?.Manifest.Channels,
            recipe.RateHz > 0 ? recipe.RateHz : parent?.Manifest.RateHz, cancellation);
        var parts = await BlocksAsync(run, lived, ClassData.Usable(recipe, lived), recipe.Window.Length, cancellation);
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
            recipe, experience, await LivesAsync(run, lives, cancellation), parent?.Manifest, keepsScale: run.Request.Transfer is not null, MaxFitted,
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

    /// <summary>Told before the fit and not after it: the gate lets nothing pass that no fault has tried.</summary>
    private static void RequireFault(LearningRecipe recipe, FleetExperience experience, IEnumerable<RunRows> heldOut)
    {
        if (heldOut.Any(run => run.Rows.Any(row => experience.Truth(run, row) == true))) return;
        throw new TrainingRefusedException(
            $"recipe {recipe.Name}: no confirmed fault is left to judge by beside those to learn from; of each kind of fault the first is learnt from, "
            + $"and of all that were labelled so far one in four is held out, the blocks of a run ({RunBlocks.Rows} rows) for themselves");
    }

    /// <summary>Runs by what they are for, those that go on in blocks.</summary>
    private async Task<ILookup<RunPart, RunRows>> BlocksAsync(
        TrainingRunView run, FleetExperience experience, IReadOnlyList<RunRows> runs, int windowRows, CancellationToken cancellation)
    {
        var remembered = await store.SplitAsync([.. runs.SelectMany(rows => RunBlocks.Of(experience, rows))], cancellation);
        return runs.SelectMany(rows => RunBlocks.Part(
                experience, rows, block => RunSplit.PartOf([block], [rows.RunId], remembered, run.Request.HeldOutRuns), windowRows))
            .ToLookup(static part => part.Part, static part => part.Rows);
    }

    /// <summary>Runs by what they are for, those of one life together.</summary>
    private async Task<ILookup<RunPart, RunRows>> LivesAsync(
        TrainingRunView run, IReadOnlyList<IReadOnlyList<RunRows>> lives, CancellationToken cancellation)
    {
        var groups = lives.Select(static life => new SplitGroup([.. life.Select(static rows => rows.RunId)])).ToArray();
        var remembered = await store.SplitAsync(groups, cancellation);
        return lives.Zip(groups, (life, group) => (Runs: life, Part: RunSplit.PartOf(group.Names, group.Names, remembered, run.Request.HeldOutRuns)))
            .SelectMany(life => life.Runs, (life, rows) => (life.Part, Rows: rows)).ToLookup(r => r.Part, r => r.Rows);
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
