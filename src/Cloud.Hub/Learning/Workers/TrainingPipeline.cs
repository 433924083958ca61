using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;
using Hmas.Trust;

namespace Cloud.Hub.Learning.Workers;

/// <summary>One run from experience to a registered model: collect, fit, quantize, evaluate
/// against the parent, pass the gate or say why not.</summary>
internal sealed class TrainingPipeline(
    RunPreparation preparation, ModelFitter fitter, CandidateJudge judge, SearchJob search, RunStore store, IModelRegistry registry,
    IRunReporter reporter, TimeProvider time)
{
    private const string Float32 = "float32";
    private const int MaxAncestors = 64;

    private const string Fitted = "fitted";
    private const string Validation = "validation";

    private static readonly (string Name, RunPart Part)[] Names = [
        (Fitted, RunPart.Fit), (Validation, RunPart.Validation), ("held-out", RunPart.HeldOut)];

    /// <returns>The run in its last state, <c>registered</c> or <c>rejected</c>; not yet reported.</returns>
    /// <exception cref="TrainingRefusedException">The data cannot give a model; the message says what is missing.</exception>
    public async Task<TrainingRunView> RunAsync(TrainingRunView run, CancellationToken cancellation)
    {
        run = await Step(run, RunStates.Collecting, 0, "reading experience and labels", cancellation);
        var parent = await ParentAsync(run.Request.ParentDigest, cancellation);
        var data = await preparation.PrepareAsync(run, parent, cancellation);
        var sets = new TrainingSets(data.Recipe, data.Input, data.Fitted, data.Judging);
        // Refused before the fit, not after it.
        var hardware = data.Hardware;
        run = run
            with { TrainingWindows = sets.Windows, Bounds = data.Experience.Bounds, DataDigests = Digests(
                data.Experience, data.Parts), CodeVersion = LearningService.CodeVersion };
        await store.KeepDatasetsAsync(run.RunId, Datasets(run, data), cancellation);
        run = await Step(run, RunStates.Training, 0.1, Describe(data, sets), cancellation);

        if (run.Request.Search is not null)
        {
            var tuned = ClassRecipes.Find(run.Request.Recipe, data.Recipe.Classes);
            return await search.RunAsync(run, tuned, data.Experience, data.Parts, string.Join('\n', LearntFrom(run)), cancellation);
        }

        (var fitted, run) = await fitter.FitAsync(run, fitter.Package(run, data), string.Join('\n', LearntFrom(run)), cancellation);
        run = await Step(run, RunStates.Evaluating, 0.75, "replaying the held-out runs as a device would", cancellation);
        var manifest = await ManifestAsync(run, data, fitted, hardware, cancellation);
        var ancestors = await AncestorsAsync(parent, cancellation);
        var (judged, released) = await Task.Run(() => judge.Judge(run, manifest, fitted.Model, parent, ancestors, data, cancellation), cancellation);
        if (judged.State != RunStates.Registered) return judged;
        var digest = (await registry.AddAsync(released.Manifest, released.Onnx, $"learning:{run.RunId}", cancellation)).Digest;
        await store.KeepWeightsAsync(digest, fitted.Architecture, fitted.Values, cancellation);
        return judged with { CandidateDigest = digest };
    }

    private static SortedDictionary<string, string> Digests(FleetExperience experience, ILookup<RunPart, RunRows> parts)
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, part) in Names)
        {
            if (parts.Contains(part)) digests.Add(name, experience.Digest(parts[part]));
        }

        return digests;
    }

    private static List<DatasetView> Datasets(TrainingRunView run, TrainingData data)
    {
        var kept = new List<DatasetView>();
        foreach (var (name, part) in Names)
        {
            if (!run.DataDigests.TryGetValue(name, out var digest)) continue;
            kept.Add(
                new DatasetView(
                    run.RunId, name, digest, data.Experience.Bounds.Labels,
                    [.. data.Parts[part].Select(static run => new DatasetSource(run.DeviceId, run.RunId, [.. run.ExperienceIds]))]));
        }

        return kept;
    }

    private static IEnumerable<string> LearntFrom(TrainingRunView run) =>
        new[] { Fitted, Validation }.Select(name => run.DataDigests.GetValueOrDefault(name)).OfType<string>();

    private static string Describe(TrainingData data, TrainingSets sets)
    {
        var (experience, parts, recipe) = (data.Experience, data.Parts, data.Recipe);
        var (fitted, judging, heldOut) = (parts[RunPart.Fit].Count(), parts[RunPart.Validation].Count(), parts[RunPart.HeldOut].Count());
        var unused = experience.Runs.Count - fitted - judging - heldOut;
        var truth = recipe.Head is ModelHead.Classes or ModelHead.RemainingLife
            ? string.Join(
                ", ", sets.Truths.GroupBy(pair => recipe.SliceOf(pair.Truth)).Select(slice => $"{slice.Sum(pair => pair.Windows)} {slice.Key}"))
            : $"{sets.Anomalous} anomalous";
        var lacks = recipe.Head switch
        {
            ModelHead.Classes => "a named window",
            ModelHead.RemainingLife => "a known failure",
            _ => "calibration rows",
        };
        var left = string.Concat(experience.LeftOut.Select(pair => $"; {pair.Value} experiences left out: {pair.Key}"));
        var broken = experience.Runs.Sum(run => run.Broken);
        if (broken > 0) left += $"; {broken} rows left out: a value is no number";
        return $"{sets.Windows} windows ({truth}, {sets.Replayed} replayed) of {fitted} runs, {judging} runs judge the epochs{(sets.Validation is null ? " (not used: too few)" : "")}, "
            + $"{heldOut} runs held out, {unused} without {lacks} left out{left}{data.Left}";
    }

    private async Task<TrainingRunView> Step(TrainingRunView run, string state, double progress, string message, CancellationToken cancellation)
    {
        run = run with { State = state, Progress = progress, Message = message };
        await reporter.ReportAsync(run, cancellation);
        return run;
    }

    private async Task<VerifiedPackage?> ParentAsync(string? digest, CancellationToken cancellation)
    {
        if (digest is null) return null;
        var package = await registry.PackageAsync(digest, cancellation) ?? throw new TrainingRefusedException($"the registry has no parent {digest}");
        return ModelPackage.Open(package, digest, new PackageLimits());
    }

    /// <summary>Metrics of the parent and of those before it, as they were when each was made.</summary>
    private async Task<IReadOnlyList<IReadOnlyDictionary<string, SliceMetrics>>> AncestorsAsync(
        VerifiedPackage? parent, CancellationToken cancellation)
    {
        var reached = new List<IReadOnlyDictionary<string, SliceMetrics>>();
        for (var manifest = parent?.Manifest; manifest is not null && reached.Count < MaxAncestors;)
        {
            reached.Add(manifest.Metrics);
            manifest = manifest.Lineage.ParentDigest is { } digest ? (await registry.FindAsync(digest, cancellation))?.Manifest : null;
        }

        return reached;
    }

    private async Task<ModelManifest> ManifestAsync(
        TrainingRunView run, TrainingData data, FittedRun fitted, IReadOnlyList<string> hardware, CancellationToken cancellation) => new()
        {
            Name = run.Request.ModelName,
            Release = await registry.NextReleaseAsync(run.Request.ModelName, cancellation),
            OnnxDigest = FittedModel.DigestOf(fitted.Model.Float),
            OnnxBytes = fitted.Model.Float.Length,
            Channels = data.Experience.Channels,
            RateHz = data.Experience.RateHz,
            Window = data.Recipe.Window,
            Recipe = data.Recipe.Features,
            Input = fitted.Model.Input,
            Output = fitted.Model.Output,
            Head = data.Recipe.Head,
            Classes = data.Recipe.Classes,
            Temperature = fitted.Temperature,
            PredictionSet = fitted.Set,
            RemainingLife = fitted.Widening is { } widening
                ? new RemainingLife(data.Recipe.HorizonRows, LifeRecipe.Coverage, widening) : null,
            Threshold = data.Recipe.Threshold,
            Precision = Float32,
            HardwareClasses = hardware,
            Lineage = new Lineage
            {
                ParentDigest = run.Request.ParentDigest,
                RunId = run.RunId,
                DataDigests = [.. LearntFrom(run)],
                CreatedAt = time.GetUtcNow(),
                CodeVersion = LearningService.CodeVersion,
                Seed = run.Request.Seed,
            },
        };
}
