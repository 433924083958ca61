using Hmas.Contracts.Models;
using Hmas.Inference.Native;

namespace Hmas.Inference;

/// <summary>Compares a loaded graph with the tensors that its manifest promises.</summary>
internal static class GraphCheck
{
    /// <exception cref="InferenceException">Codes <c>Name</c>, <c>Type</c>, <c>Shape</c>; the message names the tensor, expected and got.</exception>
    public static void Verify(OrtApi api, OrtHandle session, TensorSpec input, TensorSpec output)
    {
        VerifySide(api, session, input, outputs: false);
        VerifySide(api, session, output, outputs: true);
        var inputs = api.SessionGetCount(session, outputs: false);
        if (inputs != 1)
            throw new InferenceException(
                "Name", $"the model has {inputs} inputs ({Names(api, session, outputs: false)}), expected only '{input.Name}'.");
    }

    private static void VerifySide(OrtApi api, OrtHandle session, TensorSpec spec, bool outputs)
    {
        var side = outputs ? "output" : "input";
        if (spec.Shape.Any(dimension => dimension < 1))
            throw new InferenceException("Shape", $"{side} '{spec.Name}': the manifest's shape {Text(spec.Shape)} has a dimension below 1.");

        var index = Find(api, session, spec.Name, outputs);
        if (index < 0)
            throw new InferenceException("Name", $"{side} '{spec.Name}' is not in the model, which has {Names(api, session, outputs)}.");
        if (api.SessionGetTensor(session, index, outputs) is not { } tensor || tensor.ElementType != OrtApi.ElementTypeFloat)
            throw new InferenceException("Type", $"{side} '{spec.Name}': expected a float32 tensor.");

        // −1 is a dimension that the model leaves open: any size fits.
        var fits = tensor.Dimensions.Length == spec.Shape.Count;
        for (var i = 0; fits && i < tensor.Dimensions.Length; i++)
            fits = tensor.Dimensions[i] == -1 || tensor.Dimensions[i] == spec.Shape[i];
        if (!fits)
            throw new InferenceException("Shape", $"{side} '{spec.Name}': expected {Text(spec.Shape)}, got {Text(tensor.Dimensions)}.");
    }

    private static int Find(OrtApi api, OrtHandle session, string name, bool outputs)
    {
        for (var i = api.SessionGetCount(session, outputs) - 1; i >= 0; i--)
        {
            if (api.SessionGetName(session, i, outputs) == name)
                return i;
        }
        return -1;
    }

    private static string Names(OrtApi api, OrtHandle session, bool outputs) =>
        string.Join(", ", Enumerable.Range(0, api.SessionGetCount(session, outputs)).Select(i => $"'{api.SessionGetName(session, i, outputs)}'"));

    private static string Text<T>(IReadOnlyList<T> shape) => $"({string.Join(", ", shape)})";
}
