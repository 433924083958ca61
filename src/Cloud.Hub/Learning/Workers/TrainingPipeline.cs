using Cloud.Hub.Learning.Active;
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
    RunPreparation preparation, ModelFitter fitter, CandidateJudge judge, SearchJob search, SilencedQuestions questions, RunStore store,
    IModelRegistry registry, IRunReporter reporter, TimeProvider time)
{
    private const string Float32 = "float32";
    private const int MaxAncestors = 64;

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
        var datasets = RunDatasets.Of(run.RunId, data);
        run = run with
        {
            TrainingWindows = sets.Windows,
            Bounds = data.Experience.Bounds,
            DataDigests = RunDatasets.Digests(datasets),
            CodeVersion = LearningService.CodeVersion,
        };
        await store.KeepDatasetsAsync(run.RunId, datasets, cancellation);
        run = await Step(run, RunStates.Training, 0.1, DataSummary.Of(data, sets), cancellation);

        var learntFrom = string.Join('\n', RunDatasets.LearntFrom(run));
        if (run.Request.Search is not null)
        {
            var tuned = ClassRecipes.Find(run.Request.Recipe, data.Recipe.Classes);
            return await search.RunAsync(run, tuned, data.Experience, data.Parts, learntFrom, cancellation);
        }

        (var fitted, run) = await fitter.FitAsync(run, fitter.Package(run, data), learntFrom, cancellation);
        run = await Step(run, RunStates.Evaluating, 0.75, "replaying the held-out runs as a device would", cancellation);
        var manifest = await ManifestAsync(run, data, fitted, hardware, cancellation);
        var ancestors = await AncestorsAsync(parent, cancellation);
        var (judged, released, silenced) = await Task.Run(
            () => judge.Judge(run, manifest, fitted.Model, parent, ancestors, data, cancellation), cancellation);
        if (judged.State != RunStates.Registered) return judged;
        var digest = (await registry.AddAsync(released.Manifest, released.Onnx, $"learning:{run.RunId}", cancellation)).Digest;
        await store.KeepWeightsAsync(digest, fitted.Architecture, fitted.Values, cancellation);
        await questions.AskAsync(silenced, cancellation);
        return judged with { CandidateDigest = digest };
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
                DataDigests = [.. RunDatasets.LearntFrom(run)],
                CreatedAt = time.GetUtcNow(),
                CodeVersion = LearningService.CodeVersion,
                Seed = run.Request.Seed,
            },
        };
}
