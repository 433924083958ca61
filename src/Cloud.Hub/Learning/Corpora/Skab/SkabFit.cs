using System.Security.Cryptography;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Corpora.Skab;

/// <summary>Fits SKAB's detector on labelled files and gives it in both precisions.</summary>
internal static class SkabFit
{
    /// <summary>Windows that quantization ranges come from (design facts on quantization, section 8).</summary>
    private const int CalibrationWindows = 500;

    private const string RunId = "score";

    /// <summary>Sets the picks of normal running apart from the members' seeds.</summary>
    private const ulong EpisodeSeed = 1000;

    /// <param name="anomalyFree">Rows of normal running, (N, C); may be empty.</param>
    /// <returns>Model, manifests of its float and int8 form, and the learnt parameters of all members.</returns>
    /// <exception cref="CorpusException">The files hold one class only, or a fit diverged.</exception>
    public static (FittedModel Model, ModelManifest Float, ModelManifest Int8, int Parameters) Fit(
        IEnumerable<SkabFile> files, float[] anomalyFree, CancellationToken cancellation)
    {
        var recipe = SkabRecipe.Recipe;
        var (cut, windows) = Windows(recipe, files, anomalyFree);
        var members = new List<IReadOnlyList<Operation>>();
        var parameters = 0;
        for (ulong seed = 1; seed <= SkabRecipe.Members; seed++)
        {
            using var network = new Network(windows.Input, recipe.Layers(windows.Input), seed);
            var settings = recipe.Settings
                with { Epochs = recipe.Epochs, Seed = seed, Threads = Math.Min(Network.MaxLanes, Environment.ProcessorCount) };
            var outcome = new Trainer(network, recipe.Loss(), settings).Run(windows.Fresh, null, null, null, null, null, cancellation);
            if (outcome.Divergence is { } divergence) throw new CorpusException($"the fit with seed {seed} {divergence}");
            members.Add(OperationBuilder.Build(network));
            parameters += network.ParameterCount;
        }

        var model = ModelExport.Write(
            EnsembleBuilder.Average(members), recipe, windows.Calibration(CalibrationWindows),
            DistanceGuard.Fit(cut, windows.Input, recipe.GuardBudget));
        return (
            model, Manifest(recipe, model.Float, model.Input, model.Output, "float32"),
            Manifest(recipe, model.Int8, model.Input, model.Output, "int8-qdq"), parameters);
    }

    private static (IReadOnlyList<LabelledWindow> Cut, TrainingSets Sets) Windows(
        LearningRecipe recipe, IEnumerable<SkabFile> files, float[] anomalyFree)
    {
        var cutter = new SkabWindows(recipe);
        try
        {
            LabelledWindow[] cut = [.. cutter.Of(files, anomalyFree, new SeededRandom(EpisodeSeed))];
            return (cut, new TrainingSets(recipe, cutter.Shape, cut, validation: []));
        }
        catch (TrainingRefusedException e)
        {
            throw new CorpusException(e.Message);
        }
    }

    /// <summary>A manifest for a detector that is judged here and never shipped.</summary>
    public static ModelManifest Manifest(LearningRecipe recipe, byte[] onnx, TensorSpec input, TensorSpec output, string precision) => new()
    {
        Name = recipe.Name,
        Release = 1,
        OnnxDigest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(onnx))}",
        OnnxBytes = onnx.Length,
        Channels = SkabFolder.Channels,
        RateHz = SkabRecipe.RateHz,
        Window = recipe.Window,
        Recipe = recipe.Features,
        Input = input,
        Output = output,
        Head = recipe.Head,
        Threshold = recipe.Threshold,
        Precision = precision,
        Lineage = new Lineage { RunId = RunId, CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = RunId },
    };
}
