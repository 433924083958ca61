using System.Text.Json;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Edge.Sensors.Simulation;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using Hmas.Trust;

namespace Hmas.Benchmarks.Agent;

/// <summary>Signed packages of the recipe <c>anomaly-logit</c>, or another: its network with the weights of a
/// seed, in int8. What it answers means nothing; what it costs does.</summary>
/// <param name="key">Signs the packages.</param>
/// <param name="rateHz">Of the device.</param>
internal sealed class FigureModel(SigningKey key, double rateHz)
{
    private const int Steps = 30;
    private const int RangeWindows = 50;

    /// <summary>A package and its digest; every release has other weights.</summary>
    public (string Digest, byte[] Package) Write(long release, string recipeName = "anomaly-logit") =>
        Write(release, LearningRecipes.Find(recipeName));

    /// <summary>The same with dense layers of some 300,000 values in place of the recipe's own.</summary>
    public (string Digest, byte[] Package) WriteWide(long release) => Write(
        release, LearningRecipes.Find("anomaly-logit")
            with { Layers = static _ => [
                new Flatten(), new Dense(1024), new Activation(ActivationKind.Relu), new Dense(48), new Activation(ActivationKind.Relu),
                new Dense(1)] });

    private (string Digest, byte[] Package) Write(long release, LearningRecipe recipe)
    {
        var (onnx, input, output) = Export(recipe, (ulong)release);
        var json = JsonSerializer.SerializeToUtf8Bytes(
            new ModelManifest
            {
                Name = "figures",
                Release = release,
                OnnxDigest = ModelPackage.DigestOf(onnx),
                OnnxBytes = onnx.Length,
                Channels = [.. PumpChannels.All.Select(channel => channel.Name)],
                RateHz = rateHz,
                Window = recipe.Window,
                Recipe = recipe.Features,
                Input = input,
                Output = output,
                Head = recipe.Head,
                // Out of reach: untrained weights must not fill the outbox with alarms.
                Threshold = recipe.Threshold with { Floor = 1e6, Ceiling = 1e6 },
                Precision = "int8-qdq",
                Lineage = new Lineage { RunId = "figures", CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "figures" },
            },
            ContractsJson.Default.ModelManifest);
        return (ModelPackage.DigestOf(json), ModelPackage.Write(json, [new PackageSignature(key.PublicKey, key.Sign(json))], onnx));
    }

    private static (byte[] Onnx, TensorSpec Input, TensorSpec Output) Export(LearningRecipe recipe, ulong seed)
    {
        var shape = new Shape(Steps, PumpChannels.Count);
        using var network = new Network(shape, recipe.Layers(shape), seed);
        var operations = OperationBuilder.Build(network);
        var input = new TensorSpec("window", [1, PumpChannels.Count, Steps]);
        var output = recipe.Head == ModelHead.Reconstruction ? new TensorSpec("reconstruction", input.Shape) : new TensorSpec("logit", [1, 1]);
        using var ranges = new RangeCollector(operations);
        var random = new SeededRandom(seed);
        for (var i = 0; i < RangeWindows; i++) ranges.Observe([.. Enumerable.Range(0, shape.Count).Select(_ => (6 * random.NextSingle()) - 3)]);
        return (OnnxWriter.Write(
            recipe.Name, operations, input, output, new Quantizer(operations, ranges).Plan(new QuantizerSettings(RangeRule.MinMax, 1))), input,
            output);
    }
}
