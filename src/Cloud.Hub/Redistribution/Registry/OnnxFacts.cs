using System.Text;
using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>What a graph needs of a runtime, read from the ONNX bytes themselves (onnx.proto3: ModelProto 7 graph, 8
/// opset_import; GraphProto 1 node; NodeProto 4 op_type, 5 attribute, 7 domain). Pure.</summary>
internal static class OnnxFacts
{
    /// <summary>Graphs within attributes, such as the branches of an If.</summary>
    private const int MaxDepth = 8;

    /// <exception cref="FormatException">No protobuf, or graphs nested beyond reason.</exception>
    public static (IReadOnlyList<Opset> Opsets, IReadOnlyDictionary<string, int> Operators) Of(ReadOnlySpan<byte> onnx)
    {
        var opsets = new List<Opset>();
        var operators = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var model = new ProtobufReader(onnx);
        while (model.Next(out var field, out var bytes, out _))
        {
            if (field == 7) Graph(bytes, operators, 0);
            else if (field == 8) opsets.Add(OpsetOf(bytes));
        }

        return (opsets, operators);
    }

    private static Opset OpsetOf(ReadOnlySpan<byte> bytes)
    {
        var (domain, version) = ("", 0L);
        var reader = new ProtobufReader(bytes);
        while (reader.Next(out var field, out var text, out var number))
        {
            if (field == 1) domain = Encoding.UTF8.GetString(text);
            else if (field == 2) version = (long)number;
        }

        return new Opset(domain, version);
    }

    private static void Graph(ReadOnlySpan<byte> bytes, SortedDictionary<string, int> operators, int depth)
    {
        if (depth > MaxDepth) throw new FormatException($"onnx: graphs are nested deeper than {MaxDepth}");
        var reader = new ProtobufReader(bytes);
        while (reader.Next(out var field, out var node, out _))
        {
            if (field == 1) Node(node, operators, depth);
        }
    }

    private static void Node(ReadOnlySpan<byte> bytes, SortedDictionary<string, int> operators, int depth)
    {
        var (type, domain) = ("", "");
        var reader = new ProtobufReader(bytes);
        while (reader.Next(out var field, out var value, out _))
        {
            if (field == 4) type = Encoding.UTF8.GetString(value);
            else if (field == 5) Attribute(value, operators, depth);
            else if (field == 7) domain = Encoding.UTF8.GetString(value);
        }

        var name = domain.Length == 0 ? type : $"{domain}.{type}";
        operators[name] = operators.GetValueOrDefault(name) + 1;
    }

    private static void Attribute(ReadOnlySpan<byte> bytes, SortedDictionary<string, int> operators, int depth)
    {
        var reader = new ProtobufReader(bytes);
        while (reader.Next(out var field, out var value, out _))
        {
            if (field is 6 or 11) Graph(value, operators, depth + 1);
        }
    }
}
