using System.Globalization;
using System.Security.Cryptography;
using Cloud.Hub.Learning.Classes;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;
using Hmas.Trust;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning.Workers;

/// <summary>One run from experience to a registered model: collect, fit, quantize, evaluate
/// against the parent, pass the gate or say why not.</summary>
internal sealed class TrainingPipeline(
    ExperienceCollector collector, ModelFitter fitter, SearchJob search, RunStore store, IModelRegistry registry, IRunReporter reporter,
    IOptions<LearningOptions> options, TimeProvider time)
{
    private const string Float32 = "float32";
    private const string Int8 = "int8-qdq";
    private const int MaxAncestors = 64;

    /// <summary>A fit draws some 77,000 windows; a package of more would only be heavier to store and to send.</summary>
    private const int MaxFitted = 100_000;

    private const int MaxJudging = 20_000;
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
        var data = await PrepareAsync(run, parent, cancellation);
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
        var (judged, released) = await Task.Run(() => Judge(run, manifest, fitted.Model, parent, ancestors, data, cancellation), cancellation);
        if (judged.State != RunStates.Registered) return judged;
        var digest = (await registry.AddAsync(released.Manifest, released.Onnx, $"learning:{run.RunId}", cancellation)).Digest;
        await store.KeepWeightsAsync(digest, fitted.Architecture, fitted.Values, cancellation);
        return judged with { CandidateDigest = digest };
    }

    private async Task<TrainingData> PrepareAsync(TrainingRunView run, VerifiedPackage? parent, CancellationToken cancellation)
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
                detector, experience, await PartsAsync(run, DetectorData.Usable(detector, experience), cancellation), MaxFitted, MaxJudging);
        }

        var recipe = ClassRecipes.Find(run.Request.Recipe, []);
        if (parent is not null) RequireParent(recipe, parent.Manifest, run.Request);
        var lived = await CollectAsync(
            run, parent, recipe.Channels.Count > 0 ? recipe.Channels : parent?.Manifest.Channels,
            recipe.RateHz > 0 ? recipe.RateHz : parent?.Manifest.RateHz, cancellation);
        var parts = await PartsAsync(run, ClassData.Usable(recipe, lived), cancellation);
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
        return LifeData.Prepare(
            recipe, experience, await PartsAsync(run, LifeData.Usable(recipe, experience), cancellation), parent?.Manifest,
            keepsScale: run.Request.Transfer is not null, MaxFitted, MaxJudging);
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

    private async Task<ILookup<RunPart, RunRows>> PartsAsync(TrainingRunView run, IReadOnlyList<RunRows> usable, CancellationToken cancellation)
    {
        var remembered = await store.SplitAsync([.. usable.Select(r => r.RunId)], cancellation);
        return usable.ToLookup(r => RunSplit.PartOf(r.RunId, remembered[r.RunId], run.Request.HeldOutRuns));
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
            OnnxDigest = DigestOf(fitted.Model.Float),
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

    private (TrainingRunView Run, (ModelManifest Manifest, byte[] Onnx) Released) Judge(
        TrainingRunView run, ModelManifest manifest, FittedModel model, VerifiedPackage? parent,
        IReadOnlyList<IReadOnlyDictionary<string, SliceMetrics>> ancestors, TrainingData data, CancellationToken cancellation)
    {
        var int8Manifest = manifest with { Precision = Int8, OnnxDigest = DigestOf(model.Int8), OnnxBytes = model.Int8.Length };
        var precise = Replay(manifest, model.Float);
        var rounded = Replay(int8Manifest, model.Int8);
        var before = parent is null ? null : Replay(parent.Manifest, parent.Onnx);
        var (isInt8, why) = PrefersInt8(model, precise, rounded);
        var (chosen, onnx, result) = isInt8 ? (int8Manifest, model.Int8, rounded) : (manifest, model.Float, precise);
        var overlap = (double)manifest.Window.Length / manifest.Window.Stride;
        var verdict = new ReleaseGate(options.Value.PooledMargin, options.Value.SliceLimit, options.Value.MinSliceRows, overlap).Judge(
            before, result, ancestors);
        run = run with
        {
            State = verdict.Released ? RunStates.Registered : RunStates.Rejected,
            Progress = 1,
            Message = $"{verdict.Reason}; {why}",
            QuantizedLayers = [.. model.Facts.Layers.Select(layer => layer.ToView())],
            CandidateMetrics = result.Slices,
            ParentMetrics = before?.Slices ?? run.ParentMetrics,
        };
        var probe = verdict.Released ? ProbeMaker.Make(chosen, onnx, data.Parts[RunPart.HeldOut]) : null;
        return (run, (chosen with { Metrics = result.Slices, Probe = probe }, onnx));

        EvaluationResult Replay(ModelManifest of, ReadOnlyMemory<byte> program) => of.Head switch
        {
            ModelHead.Classes => ClassReplay.Run(of, program, data.Recipe.Classes, data.Experience, data.Parts[RunPart.HeldOut], cancellation),
            ModelHead.RemainingLife => LifeReplay.Run(of, program, data.Experience, data.Parts[RunPart.HeldOut], cancellation),
            _ => DeviceReplay.Run(of, program, data.Experience, data.Parts[RunPart.HeldOut], cancellation),
        };
    }

    /// <summary>int8 ships where it is neither slower nor worse than its float twin, and nothing speaks against it.</summary>
    private (bool Yes, string Why) PrefersInt8(FittedModel model, EvaluationResult precise, EvaluationResult rounded)
    {
        var (floatUs, int8Us) = Latency.Compare(model.Float, model.Int8, model.Input, model.Output);
        var area = precise.WorstAreaLoss(rounded);
        var loss = area ?? precise.Disagreement(rounded);
        var lost = area is null
            ? $"answers otherwise on {loss:0.0000} of the windows"
            : precise.All.LifeError is not null
                ? $"errs by {loss:0.0000} of the horizon more on the worst run" : $"loses {loss:0.0000} of the area under the curve on the worst run";
        var facts = string.Create(
            CultureInfo.InvariantCulture,
            $"int8 takes {int8Us:0.0} µs and float {floatUs:0.0} µs, {lost}, {model.Int8.Length} bytes instead of {model.Float.Length}; {model.Facts}");
        if (rounded.Invalid > precise.Invalid) return (false, $"float32 ships because int8 gives scores that are no numbers ({facts})");
        if (model.Facts.Refusal() is { } refusal) return (false, $"float32 ships because {refusal} ({facts})");
        if (loss > (area is null ? options.Value.Int8Disagreement : options.Value.Int8Loss))
            return (false, $"float32 ships because int8 is worse ({facts})");
        return int8Us > options.Value.Int8Slowdown * floatUs
            ? (false, $"float32 ships because int8 is slower ({facts})") : (true, $"int8 ships ({facts})");
    }

    private static string DigestOf(byte[] onnx) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(onnx))}";
}
