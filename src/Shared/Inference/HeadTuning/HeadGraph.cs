using System.Text;

namespace Hmas.Inference.HeadTuning;

/// <summary>Makes a classifier's graph tell what goes into its last layer.</summary>
/// <remarks>
/// The last node is a Gemm that gives the logits (docs/formats/head-tuning.md); its first input becomes an output of the
/// graph. Of a message that stands twice, protocol buffers join the repeated fields
/// (https://protobuf.dev/programming-guides/encoding/#last-one-wins), so the graph is not
/// rewritten: a second one with that output alone is put behind it.
/// </remarks>
internal static class HeadGraph
{
    // onnx.proto3 of ONNX 1.12.
    private const int ModelGraph = 7;
    private const int GraphNode = 1;
    private const int GraphOutput = 12;
    private const int NodeInput = 1;
    private const int NodeOutput = 2;
    private const int NodeOperation = 4;
    private const int ValueName = 1;
    private const int ValueType = 2;
    private const int TypeTensor = 1;
    private const int TensorElement = 1;
    private const int TensorShape = 2;
    private const int ShapeDimension = 1;
    private const int DimensionValue = 1;
    private const int Float32 = 1;

    /// <param name="output">Name of the logits.</param>
    /// <param name="width">Values of the embedding.</param>
    /// <returns>The graph with one output more, and that output's name.</returns>
    /// <exception cref="InferenceException">No last Gemm gives the logits (<c>Head</c>).</exception>
    public static (byte[] Onnx, string Embedding) WithEmbedding(ReadOnlySpan<byte> onnx, string output, int width)
    {
        var embedding = Find(onnx, output)
            ?? throw new InferenceException("Head", $"no Gemm of the graph gives '{output}', so there is no head to tune.");
        byte[] dimensions = [.. Dimension(1), .. Dimension(width)];
        byte[] tensor = [.. Integer(TensorElement, Float32), .. Message(TensorShape, dimensions)];
        byte[] value = [.. Message(ValueName, Encoding.UTF8.GetBytes(embedding)), .. Message(ValueType, Message(TypeTensor, tensor))];
        return ([.. onnx, .. Message(ModelGraph, Message(GraphOutput, value))], embedding);
    }

    private static string? Find(ReadOnlySpan<byte> onnx, string output)
    {
        var model = new ProtobufReader(onnx);
        while (model.Next(out var field, out var graph))
        {
            if (field != ModelGraph) continue;
            var nodes = new ProtobufReader(graph);
            while (nodes.Next(out field, out var node))
            {
                if (field == GraphNode && Input(node, output) is { } input) return input;
            }
        }

        return null;
    }

    private static string? Input(ReadOnlySpan<byte> node, string output)
    {
        string? input = null;
        var (isGemm, gives) = (false, false);
        var fields = new ProtobufReader(node);
        while (fields.Next(out var field, out var value))
        {
            if (field == NodeInput) input ??= Encoding.UTF8.GetString(value);
            else if (field == NodeOutput) gives |= Encoding.UTF8.GetString(value) == output;
            else if (field == NodeOperation) isGemm = value.SequenceEqual("Gemm"u8);
        }

        return isGemm && gives ? input : null;
    }

    private static byte[] Dimension(int size) => Message(ShapeDimension, Integer(DimensionValue, size));

    private static byte[] Integer(int field, int value) => [.. Varint((uint)field << 3), .. Varint((uint)value)];

    private static byte[] Message(int field, ReadOnlySpan<byte> body) => [.. Varint(((uint)field << 3) | 2), .. Varint((uint)body.Length), .. body];

    private static byte[] Varint(uint value)
    {
        var bytes = new List<byte>(5);
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
