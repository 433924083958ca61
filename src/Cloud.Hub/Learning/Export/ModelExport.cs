using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Recipes;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Export;

/// <summary>Operations as ONNX in both precisions.</summary>
internal static class ModelExport
{
    /// <param name="calibration">Windows that quantization ranges come from, (C, L) each.</param>
    /// <param name="guard">Of a classifier of anomalies; null: it stands alone.</param>
    public static FittedModel Write(
        IReadOnlyList<Operation> operations, LearningRecipe recipe, IEnumerable<float[]> calibration, DistanceGuard? guard = null)
    {
        var shape = operations[0].Input;
        var input = recipe.Features.Layout == TensorLayout.Vector
            ? new TensorSpec("features", [1, shape.Count]) : new TensorSpec("window", [1, shape.Channels, shape.Length]);
        var output = recipe.Head switch
        {
            ModelHead.Reconstruction => new TensorSpec("reconstruction", input.Shape),
            ModelHead.Classes => new TensorSpec("logits", [1, recipe.Classes.Count]),
            ModelHead.RemainingLife => new TensorSpec("quantiles", [1, operations[^1].Output.Count]),
            _ => new TensorSpec("logit", [1, 1]),
        };
        var windows = calibration.ToList();
        if (recipe.Whitens) operations = MahalanobisHead.Append(operations, windows);
        operations = Equalisation.Apply(operations, windows);
        // What no compression bounds must not meet a step and an end: a residual would not follow it.
        var inFloat = recipe is { Head: ModelHead.Reconstruction, Features.Compression: Compression.None } ? FloatEnds.First : FloatEnds.None;
        var (int8, facts) = Int8Choice.Make(recipe.Name, operations, recipe.Head, input, output, windows, inFloat, guard);
        return new FittedModel(OnnxWriter.Write(recipe.Name, operations, input, output, null, guard), int8, input, output, facts)
        {
            Guard = guard,
        };
    }
}
