using System.Numerics.Tensors;
using System.Security.Cryptography;
using Cloud.Hub.Learning.Classes;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Losses;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>From samples to a classifier: standardise, fit, quantize, and set the temperature on groups
/// that a first fit did not see. Deterministic for a seed.</summary>
internal static class ClassTrainer
{
    private const ulong Seed = 1;
    private const int Epochs = 10;

    /// <summary>Samples that quantization ranges come from (design facts on quantization, section 8).</summary>
    private const int CalibrationSamples = 500;

    /// <summary>Share of windows whose true class the prediction set must hold.</summary>
    private const double Coverage = 0.95;

    /// <summary>Every fourth group, or sample when there is one group, is held out for the temperature.</summary>
    private const int HeldOutEvery = 4;

    /// <summary>Features of every moment of a recording, before standardisation.</summary>
    public static IEnumerable<ClassSample> Samples(ClassRecipe recipe, Recording recording)
    {
        var extractor = Extractor(recipe);
        var calibration = Calibration.None(recipe.Channels.Count);
        var window = new float[recipe.Channels.Count * recipe.Window.Length];
        foreach (var moment in recording.Moments)
        {
            var features = new float[extractor.OutputLength];
            recording.Copy(moment.Row, window);
            extractor.Extract(window, calibration, features);
            yield return new ClassSample(features, moment.Class, recording.Group);
        }
    }

    /// <exception cref="CorpusException">No sample, or one class only.</exception>
    public static FittedClassifier Fit(ClassRecipe recipe, IReadOnlyList<ClassSample> samples, CancellationToken cancellation)
    {
        var classes = samples.Select(sample => sample.Class).Distinct().Count();
        if (classes < 2)
            throw new CorpusException($"recipe {recipe.Name}: {samples.Count} windows of {classes} classes; at least two classes are needed");
        var standardisation = Standardise(recipe, samples);
        var input = new TensorSpec("features", [1, samples[0].Features.Length]);
        var output = new TensorSpec("logits", [1, recipe.Classes.Count]);
        var (temperature, set) = FitUncertainty(recipe, samples, standardisation, cancellation);
        var scaled = Scale(samples, standardisation);
        using var network = FitNetwork(recipe, scaled, cancellation);
        var count = Math.Min(CalibrationSamples, scaled.Count);
        var calibration = Enumerable.Range(0, count).Select(i => scaled[(int)((long)i * scaled.Count / count)].Features).ToList();
        var operations = Equalisation.Apply(OperationBuilder.Build(network), calibration);
        var (int8, facts) = Int8Choice.Make(recipe.Name, operations, ModelHead.Classes, input, output, calibration);
        var manifest = new ModelManifest
        {
            Name = recipe.Name,
            Release = 1,
            OnnxDigest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(int8))}",
            OnnxBytes = int8.Length,
            Channels = recipe.Channels,
            RateHz = recipe.RateHz,
            Window = recipe.Window,
            Recipe = recipe.Features with { Standardisation = standardisation },
            Input = input,
            Output = output,
            Head = ModelHead.Classes,
            Classes = recipe.Classes,
            Temperature = temperature,
            PredictionSet = set,
            Threshold = new ThresholdPolicy(),
            Precision = "int8-qdq",
            Lineage = new Lineage { RunId = "score", CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "score", Seed = (long)Seed },
        };
        return new FittedClassifier(manifest, OnnxWriter.Write(recipe.Name, operations, input, output), int8, network.ParameterCount, facts);
    }

    /// <summary>How well a fit on some samples names the classes of others, in float.</summary>
    /// <exception cref="CorpusException">The fit diverged.</exception>
    public static ClassScore Judge(
        ClassRecipe recipe, IReadOnlyList<ClassSample> fitted, IReadOnlyList<ClassSample> judged, CancellationToken cancellation)
    {
        var standardisation = Standardise(recipe, fitted);
        using var network = FitNetwork(recipe, Scale(fitted, standardisation), cancellation);
        var operations = OperationBuilder.Build(network);
        var score = new ClassScore(recipe.Classes.Count);
        foreach (var (features, label, _) in Scale(judged, standardisation)) score.Add(label, Answer(operations, features));
        return score;
    }

    /// <summary>The class with the largest logit.</summary>
    public static int Answer(IReadOnlyList<Operation> operations, float[] features) =>
        TensorPrimitives.IndexOfMax<float>(OperationRun.Of(operations, features));

    public static Standardisation Standardise(ClassRecipe recipe, IReadOnlyList<ClassSample> samples) =>
        Standardising.Fit([.. samples.Select(sample => sample.Features)], recipe.Clip);

    public static List<(float[] Features, int Class, int Weight)> Scale(IEnumerable<ClassSample> samples, Standardisation standardisation)
    {
        var scale = new VectorScale(standardisation, standardisation.Centre.Count);
        return [.. samples.Select(sample =>
        {
            var features = (float[])sample.Features.Clone();
            scale.Apply(features);
            return (features, sample.Class, sample.Weight);
        })];
    }

    private static FeatureExtractor Extractor(ClassRecipe recipe) => new(recipe.Features, recipe.Channels.Count, recipe.Window.Length, recipe.RateHz);

    /// <summary>A network fitted on standardised samples; the caller disposes it.</summary>
    /// <exception cref="CorpusException">The fit diverged.</exception>
    public static Network FitNetwork(
        ClassRecipe recipe, IReadOnlyList<(float[] Features, int Class, int Weight)> samples, CancellationToken cancellation)
    {
        var set = new ClassSet(samples, recipe.Noise, recipe.Steps * recipe.Settings.BatchSize / Epochs);
        var network = new Network(set.Input, recipe.Layers(), Seed);
        var trainer = new Trainer(
            network, new SoftmaxCrossEntropy(smoothing: recipe.Smoothing),
            recipe.Settings with { Epochs = Epochs, Seed = Seed, AverageDecay = 0.99f });
        var outcome = trainer.Run(set, null, null, null, null, null, cancellation);
        if (outcome.Divergence is not { } divergence) return network;
        network.Dispose();
        throw new CorpusException($"recipe {recipe.Name}: the fit {divergence}");
    }

    /// <summary>Temperature and prediction set from groups that a first fit did not see: every other of their samples for each.</summary>
    private static (double Temperature, PredictionSet? Set) FitUncertainty(
        ClassRecipe recipe, IReadOnlyList<ClassSample> samples, Standardisation standardisation, CancellationToken cancellation)
    {
        var groups = samples.Select(sample => sample.Group).Distinct().Order(StringComparer.Ordinal).ToList();
        // The last of every four: of batches in time order, a later one than those fitted on.
        var heldOutGroups = groups.Where((_, i) => i % HeldOutEvery == HeldOutEvery - 1 || i == groups.Count - 1).ToHashSet();
        bool IsHeldOut(ClassSample sample, int i) => groups.Count > 1 ? heldOutGroups.Contains(sample.Group) : i % HeldOutEvery == 0;
        var fitted = samples.Where((sample, i) => !IsHeldOut(sample, i)).ToList();
        if (fitted.Count == 0) return (1, null);
        using var network = FitNetwork(recipe, Scale(fitted, standardisation), cancellation);
        var run = new OperationRun(OperationBuilder.Build(network));
        var logits = new List<float[]>();
        var truth = new List<int>();
        foreach (var (features, label, _) in Scale(samples.Where(IsHeldOut), standardisation))
        {
            features.CopyTo(run.Input);
            run.Run();
            logits.Add(run.Output.ToArray());
            truth.Add(label);
        }

        var temperature = Temperature.Fit([.. logits.Where((_, i) => i % 2 == 0)], [.. truth.Where((_, i) => i % 2 == 0)]);
        return (temperature,
            ConformalSet.Fit([.. logits.Where((_, i) => i % 2 == 1)], [.. truth.Where((_, i) => i % 2 == 1)], temperature, Coverage));
    }
}
