using System.Globalization;
using System.Security.Cryptography;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;
using Hmas.Trust;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning.Workers;

/// <summary>One run from experience to a registered model: collect, fit, quantize, evaluate against the parent, pass the gate or say why not.</summary>
internal sealed class TrainingPipeline(
    ExperienceCollector collector, ModelFitter fitter, RunStore store, IModelRegistry registry, IRunReporter reporter, IOptions<LearningOptions> options, TimeProvider time)
{
    private const string Float32 = "float32";
    private const string Int8 = "int8-qdq";
    private const int MaxAncestors = 64;

    /// <summary>A fit draws some 77,000 windows; a package of more would only be heavier to store and to send.</summary>
    private const int MaxFitted = 100_000;

    private const int MaxJudging = 20_000;
    private const string Fitted = "fitted";
    private const string Validation = "validation";

    /// <returns>The run in its last state, <c>registered</c> or <c>rejected</c>; not yet reported.</returns>
    /// <exception cref="TrainingRefusedException">The data cannot give a model; the message says what is missing.</exception>
    public async Task<TrainingRunView> RunAsync(TrainingRunView run, CancellationToken cancellation)
    {
        run = await Step(run, RunStates.Collecting, 0, "reading experience and labels", cancellation);
        var recipe = LearningRecipes.Find(run.Request.Recipe);
        var parent = await ParentAsync(run.Request.ParentDigest, cancellation);
        var experience = await CollectAsync(run, parent, cancellation);
        var cutter = new WindowCutter(experience, recipe.Features, recipe.Window, recipe.Threshold.CalibrationRows);
        var usable = experience.Runs.Where(cutter.IsCalibrated).ToList();
        var remembered = await store.SplitAsync([.. usable.Select(r => r.RunId)], cancellation);
        var parts = usable.ToLookup(r => RunSplit.PartOf(r.RunId, remembered[r.RunId], run.Request.HeldOutRuns));
        var heldOut = parts[RunPart.HeldOut].ToList();
        var input = new Shape(cutter.TensorShape[^1], cutter.TensorShape[1]);
        var (learnt, judging) = (Cut(recipe, cutter, parts[RunPart.Fit], MaxFitted), Cut(recipe, cutter, parts[RunPart.Validation], MaxJudging));
        var sets = new TrainingSets(recipe, input, learnt, judging);
        run = run with { TrainingWindows = sets.Windows, Bounds = experience.Bounds, DataDigests = Digests(experience, parts), CodeVersion = LearningService.CodeVersion };
        run = await Step(run, RunStates.Training, 0.1, Describe(experience, parts, sets), cancellation);

        (var model, var values, var architecture, run) = await fitter.FitAsync(run, fitter.Package(run, recipe, input, learnt, judging), string.Join('\n', LearntFrom(run)), cancellation);
        run = await Step(run, RunStates.Evaluating, 0.75, "replaying the held-out runs as a device would", cancellation);
        var manifest = await ManifestAsync(run, recipe, experience, model, cancellation);
        var ancestors = await AncestorsAsync(parent, cancellation);
        var (judged, released) = await Task.Run(() => Judge(run, manifest, model, parent, ancestors, experience, heldOut, cancellation), cancellation);
        if (judged.State != RunStates.Registered) return judged;
        var digest = (await registry.AddAsync(released.Manifest, released.Onnx, $"learning:{run.RunId}", cancellation)).Digest;
        await store.KeepWeightsAsync(digest, architecture, values, cancellation);
        return judged with { CandidateDigest = digest };
    }

    /// <summary>Reads within the bounds that the run settled when it first began, so that a restart meets the same data.</summary>
    private Task<FleetExperience> CollectAsync(TrainingRunView run, VerifiedPackage? parent, CancellationToken cancellation) => collector.CollectAsync(
        new CollectRequest
        {
            Channels = parent?.Manifest.Channels,
            Excluded = options.Value.NotRead,
            MaxRows = options.Value.MaxRows,
            Bounds = run.Bounds,
            Known = parent is null ? null : store.Find(parent.Manifest.Lineage.RunId)?.Bounds,
            Seed = run.Request.Seed,
        },
        cancellation);

    private static IReadOnlyList<LabelledWindow> Cut(LearningRecipe recipe, WindowCutter cutter, IEnumerable<RunRows> runs, int most) =>
        WindowThinning.AtMost([.. runs.SelectMany(run => cutter.Cut(run, recipe.CutStride)).Where(recipe.Uses)], most);

    private static SortedDictionary<string, string> Digests(FleetExperience experience, ILookup<RunPart, RunRows> parts)
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add(Fitted, RunPart.Fit);
        Add(Validation, RunPart.Validation);
        Add("held-out", RunPart.HeldOut);
        return digests;

        void Add(string name, RunPart part)
        {
            if (parts.Contains(part)) digests.Add(name, experience.Digest(parts[part]));
        }
    }

    private static IEnumerable<string> LearntFrom(TrainingRunView run) =>
        new[] { Fitted, Validation }.Select(name => run.DataDigests.GetValueOrDefault(name)).OfType<string>();

    private static string Describe(FleetExperience experience, ILookup<RunPart, RunRows> parts, TrainingSets sets)
    {
        var (fitted, judging, heldOut) = (parts[RunPart.Fit].Count(), parts[RunPart.Validation].Count(), parts[RunPart.HeldOut].Count());
        var uncalibrated = experience.Runs.Count - fitted - judging - heldOut;
        var left = string.Concat(experience.LeftOut.Select(pair => $"; {pair.Value} experiences left out: {pair.Key}"));
        var broken = experience.Runs.Sum(run => run.Broken);
        if (broken > 0) left += $"; {broken} rows left out: a value is no number";
        return $"{sets.Windows} windows ({sets.Anomalous} anomalous, {sets.Replayed} replayed) of {fitted} runs, {judging} runs judge the epochs{(sets.Validation is null ? " (not used: too few)" : "")}, "
            + $"{heldOut} runs held out, {uncalibrated} without calibration rows left out{left}";
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
    private async Task<IReadOnlyList<IReadOnlyDictionary<string, SliceMetrics>>> AncestorsAsync(VerifiedPackage? parent, CancellationToken cancellation)
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
        TrainingRunView run, LearningRecipe recipe, FleetExperience experience, FittedModel model, CancellationToken cancellation) => new()
        {
            Name = run.Request.ModelName,
            Release = await registry.NextReleaseAsync(run.Request.ModelName, cancellation),
            OnnxDigest = DigestOf(model.Float),
            OnnxBytes = model.Float.Length,
            Channels = experience.Channels,
            RateHz = experience.RateHz,
            Window = recipe.Window,
            Recipe = recipe.Features,
            Input = model.Input,
            Output = model.Output,
            Head = recipe.Head,
            Threshold = recipe.Threshold,
            Precision = Float32,
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
        IReadOnlyList<IReadOnlyDictionary<string, SliceMetrics>> ancestors, FleetExperience experience, IReadOnlyList<RunRows> heldOut, CancellationToken cancellation)
    {
        var int8Manifest = manifest with { Precision = Int8, OnnxDigest = DigestOf(model.Int8), OnnxBytes = model.Int8.Length };
        var precise = DeviceReplay.Run(manifest, model.Float, experience, heldOut, cancellation);
        var rounded = DeviceReplay.Run(int8Manifest, model.Int8, experience, heldOut, cancellation);
        var before = parent is null ? null : DeviceReplay.Run(parent.Manifest, parent.Onnx, experience, heldOut, cancellation);
        var (isInt8, why) = PrefersInt8(model, precise, rounded);
        var (chosen, onnx, result) = isInt8 ? (int8Manifest, model.Int8, rounded) : (manifest, model.Float, precise);
        var overlap = (double)manifest.Window.Length / manifest.Window.Stride;
        var verdict = new ReleaseGate(options.Value.PooledMargin, options.Value.SliceLimit, options.Value.MinSliceRows, overlap).Judge(before, result, ancestors);
        run = run with
        {
            State = verdict.Released ? RunStates.Registered : RunStates.Rejected,
            Progress = 1,
            Message = $"{verdict.Reason}; {why}",
            QuantizedLayers = [.. model.Facts.Layers.Select(layer => layer.ToView())],
            CandidateMetrics = result.Slices,
            ParentMetrics = before?.Slices ?? run.ParentMetrics,
        };
        var probe = verdict.Released ? ProbeMaker.Make(chosen, onnx, heldOut) : null;
        return (run, (chosen with { Metrics = result.Slices, Probe = probe }, onnx));
    }

    /// <summary>int8 ships where it is neither slower nor worse than its float twin, and nothing speaks against it.</summary>
    private (bool Yes, string Why) PrefersInt8(FittedModel model, EvaluationResult precise, EvaluationResult rounded)
    {
        var (floatUs, int8Us) = Latency.Compare(model.Float, model.Int8, model.Input, model.Output);
        var area = precise.WorstAreaLoss(rounded);
        var loss = area ?? precise.Disagreement(rounded);
        var lost = area is null ? $"answers otherwise on {loss:0.0000} of the windows" : $"loses {loss:0.0000} of the area under the curve on the worst run";
        var facts = string.Create(
            CultureInfo.InvariantCulture, $"int8 takes {int8Us:0.0} µs and float {floatUs:0.0} µs, {lost}, {model.Int8.Length} bytes instead of {model.Float.Length}; {model.Facts}");
        if (rounded.Invalid > precise.Invalid) return (false, $"float32 ships because int8 gives scores that are no numbers ({facts})");
        if (model.Facts.Refusal() is { } refusal) return (false, $"float32 ships because {refusal} ({facts})");
        if (loss > (area is null ? options.Value.Int8Disagreement : options.Value.Int8Loss)) return (false, $"float32 ships because int8 is worse ({facts})");
        return int8Us > options.Value.Int8Slowdown * floatUs ? (false, $"float32 ships because int8 is slower ({facts})") : (true, $"int8 ships ({facts})");
    }

    private static string DigestOf(byte[] onnx) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(onnx))}";
}
