using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Export.Quantization;

namespace Cloud.Hub.Learning.Export;

/// <summary>Nodes of a graph with quantize/dequantize pairs where a plan has them, plain where there is none.</summary>
internal sealed class RoundedNodes(OnnxGraph graph, QuantizationPlan? plan)
{
    private readonly HashSet<string> _scales = [];

    /// <summary>Weights and bias as float initialisers, or as int8 and int32 ones behind a DequantizeLinear.</summary>
    public (string Weights, string Bias) Weights(int i, IWeighted weighted, params int[] dimensions)
    {
        if (plan?.Weights[i] is not { } quantized)
            return (graph.Floats($"w{i}", weighted.Weights, dimensions), graph.Floats($"b{i}", weighted.Bias, weighted.OutputChannels));
        var channels = weighted.OutputChannels;
        var axis = OnnxAttribute.Of("axis", 0L);
        graph.Node("DequantizeLinear",
            [graph.SignedBytes($"w{i}_q", quantized.Values, dimensions), graph.Floats($"w{i}_scale", quantized.Scales, channels),
                graph.SignedBytes($"w{i}_zero", new sbyte[channels], channels)],
            $"w{i}", axis);
        graph.Node("DequantizeLinear",
            [graph.Integers($"b{i}_q", quantized.Bias, channels), graph.Floats($"b{i}_scale", quantized.BiasScales, channels),
                graph.Integers($"b{i}_zero", new int[channels], channels)],
            $"b{i}", axis);
        return ($"w{i}", $"b{i}");
    }

    /// <summary>An operation that computes: [its ReLU and] a quantize/dequantize pair behind it when the plan has one.</summary>
    public void Compute(int i, string name, bool fused, TensorQuantization? quantization, Action<string> emit)
    {
        var result = quantization is null && !fused ? name : $"{name}_raw";
        emit(result);
        if (fused)
        {
            var relu = quantization is null ? name : $"{name}_relu";
            graph.Node("Relu", [result], relu);
            result = relu;
        }

        if (quantization is { } pair) Round(result, $"t{i}", pair, name);
    }

    /// <summary>An operation that only moves values: the same scale and zero point behind it, so that it runs on bytes.</summary>
    public void Move(
        int i, string operation, IReadOnlyList<string> inputs, string name, TensorQuantization? quantization, params OnnxAttribute[] attributes)
    {
        var result = quantization is null ? name : $"{name}_raw";
        graph.Node(operation, inputs, result, attributes);
        if (quantization is { } pair) Round(result, $"t{i}", pair, name);
    }

    /// <summary>A quantize/dequantize pair behind a value; returns <paramref name="name"/>.</summary>
    /// <param name="tensor">Whose scale and zero point it is.</param>
    public string Round(string value, string tensor, TensorQuantization quantization, string name)
    {
        if (_scales.Add(tensor))
        {
            // Rank 0: with shape [1] the runtime refuses some operations.
            graph.Floats($"{tensor}_scale", [quantization.Scale]);
            graph.Bytes($"{tensor}_zero", [quantization.Zero]);
        }

        graph.Node("QuantizeLinear", [value, $"{tensor}_scale", $"{tensor}_zero"], $"{name}_q");
        graph.Node("DequantizeLinear", [$"{name}_q", $"{tensor}_scale", $"{tensor}_zero"], name);
        return name;
    }
}
