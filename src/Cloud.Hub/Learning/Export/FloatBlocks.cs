using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export;

/// <summary>Operations that ONNX Runtime computes in float only, as nodes of opset 17 between channel-major tensors.</summary>
/// <param name="prefix">Of the names of what is inside.</param>
internal sealed class FloatBlocks(OnnxGraph graph, string prefix)
{
    private static readonly int[] LastFirst = [0, 2, 1];

    public void Emit(LayerNormOperation norm, string value, string result)
    {
        var scale = graph.Floats($"{prefix}_scale", norm.Scale, norm.Scale.Length);
        var shift = graph.Floats($"{prefix}_shift", norm.Shift, norm.Shift.Length);
        OnnxAttribute[] attributes = [OnnxAttribute.Of("axis", -1L), OnnxAttribute.Of("epsilon", LayerNorm.Epsilon)];
        if (norm.Input.Length == 1)
        {
            graph.Node("LayerNormalization", [value, scale, shift], result, attributes);
            return;
        }

        var isPlane = norm.Input.Width > 1;
        var rows = Turned(value, "rows", isPlane ? [0, 2, 3, 1] : LastFirst);
        graph.Node("LayerNormalization", [rows, scale, shift], $"{prefix}_normal", attributes);
        Turn($"{prefix}_normal", result, isPlane ? [0, 3, 1, 2] : LastFirst);
    }

    public void Emit(GruOperation gru, string value, string result)
    {
        var (units, inputs) = (gru.Output.Channels, gru.Input.Channels);
        var steps = Turned(InTime(value, gru.Input), "steps", [2, 0, 1]);
        graph.Node("GRU",
            [
                steps, graph.Floats($"{prefix}_w", UpdateFirst(gru.InputWeights), 1, 3 * units, inputs),
                graph.Floats($"{prefix}_r", UpdateFirst(gru.StateWeights), 1, 3 * units, units),
                graph.Floats($"{prefix}_b", [.. UpdateFirst(gru.InputBias), .. UpdateFirst(gru.StateBias)], 1, 6 * units),
            ],
            $"{prefix}_states", OnnxAttribute.Of("hidden_size", units), OnnxAttribute.Of("linear_before_reset", 1L));
        graph.Node("Squeeze", [$"{prefix}_states", graph.Longs($"{prefix}_direction", [1], 1)], $"{prefix}_squeezed");
        Turn($"{prefix}_squeezed", result, [1, 2, 0]);
    }

    public void Emit(AttentionOperation attention, string value, string result)
    {
        var (channels, length, width) = (attention.Input.Channels, attention.Input.Length, attention.HeadChannels);
        var rows = Turned(InTime(value, attention.Input), "rows", LastFirst);
        // The division of the products by √d goes into the queries.
        var query = Head("query", 0, 1f / MathF.Sqrt(width), [0, 2, 1, 3]);
        var key = Head("key", 1, 1f, [0, 2, 3, 1]);
        var values = Head("value", 2, 1f, [0, 2, 1, 3]);
        graph.Node("MatMul", [query, key], $"{prefix}_products");
        graph.Node("Softmax", [$"{prefix}_products"], $"{prefix}_shares", OnnxAttribute.Of("axis", -1L));
        graph.Node("MatMul", [$"{prefix}_shares", values], $"{prefix}_mixed");
        graph.Node(
            "Reshape", [Turned($"{prefix}_mixed", "heads", [0, 2, 1, 3]), graph.Longs($"{prefix}_joined_shape", [0, length, channels], 3)],
            $"{prefix}_joined");
        Turn(Product($"{prefix}_joined", "out", attention.OutWeights, attention.OutBias), result, LastFirst);

        string Head(string name, int part, float factor, int[] order)
        {
            float[] weights = [.. attention.InWeights.AsSpan(part * channels * channels, channels * channels).ToArray().Select(w => w * factor)];
            float[] bias = [.. attention.InBias.AsSpan(part * channels, channels).ToArray().Select(b => b * factor)];
            graph.Node(
                "Reshape", [Product(rows, name, weights, bias), graph.Longs($"{prefix}_{name}_shape", [0, length, attention.Heads, width], 4)],
                $"{prefix}_{name}_heads");
            return Turned($"{prefix}_{name}_heads", $"{name}_turned", order);
        }
    }

    public void Emit(EmbeddingOperation embedding, string value, string result)
    {
        var width = embedding.Output.Channels;
        graph.Node("Cast", [InTime(value, embedding.Input)], $"{prefix}_numbers", OnnxAttribute.Of("to", (long)OnnxDataType.Int64));
        graph.Node(
            "Gather", [graph.Floats($"{prefix}_table", embedding.Table, embedding.Table.Length / width, width), $"{prefix}_numbers"],
            $"{prefix}_found");
        graph.Node("Squeeze", [$"{prefix}_found", graph.Longs($"{prefix}_channel", [1], 1)], $"{prefix}_rows");
        Turn($"{prefix}_rows", result, LastFirst);
    }

    /// <summary>rows · weightsᵀ + bias.</summary>
    private string Product(string rows, string name, float[] weights, float[] bias)
    {
        var columns = weights.Length / bias.Length;
        graph.Node(
            "MatMul", [rows, graph.Floats($"{prefix}_{name}_w", Training.Kernels.Transposition.Of(weights, columns), columns, bias.Length)],
            $"{prefix}_{name}_product");
        graph.Node("Add", [$"{prefix}_{name}_product", graph.Floats($"{prefix}_{name}_b", bias, bias.Length)], $"{prefix}_{name}");
        return $"{prefix}_{name}";
    }

    /// <summary>A flat value has no axis for time of its own.</summary>
    private string InTime(string value, Shape shape)
    {
        if (shape.Length > 1) return value;
        graph.Node("Reshape", [value, graph.Longs($"{prefix}_time_shape", [0, shape.Channels, 1], 3)], $"{prefix}_time");
        return $"{prefix}_time";
    }

    private string Turned(string value, string name, int[] order)
    {
        Turn(value, $"{prefix}_{name}", order);
        return $"{prefix}_{name}";
    }

    private void Turn(string value, string result, int[] order) => graph.Node("Transpose", [value], result, OnnxAttribute.Of("perm", order));

    /// <summary>PyTorch's gates r, z, n as ONNX's z, r, n.</summary>
    private static float[] UpdateFirst(float[] gates)
    {
        var third = gates.Length / 3;
        return [.. gates[third..(2 * third)], .. gates[..third], .. gates[(2 * third)..]];
    }
}
