using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Export;

/// <summary>An ONNX model under construction: opset 17, IR 8 (what the design facts verified), names and
/// order as given, nothing of time or machine inside.</summary>
internal sealed class OnnxGraph
{
    private const int IrVersion = 8;
    private const int Opset = 17;
    private const string Producer = "hmas";

    private readonly List<byte[]> _nodes = [];
    private readonly List<byte[]> _initialisers = [];
    private readonly HashSet<string> _names = [];

    /// <summary>Adds a node; its name is its first output's.</summary>
    public void Node(string operation, IReadOnlyList<string> inputs, string output, params OnnxAttribute[] attributes)
    {
        if (!_names.Add(output)) throw new InvalidOperationException($"two nodes make '{output}'");
        var writer = new ProtobufWriter();
        foreach (var input in inputs) writer.Text(1, input);
        writer.Text(2, output);
        writer.Text(3, output);
        writer.Text(4, operation);
        foreach (var attribute in attributes) writer.Message(5, attribute.Write);
        _nodes.Add(writer.Written.ToArray());
    }

    public string Floats(string name, ReadOnlySpan<float> values, params int[] dimensions)
    {
        var bytes = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(4 * i), values[i]);
        return Initialiser(name, OnnxDataType.Float, bytes, dimensions);
    }

    public string Bytes(string name, ReadOnlySpan<byte> values, params int[] dimensions) => Initialiser(name, OnnxDataType.UInt8, values, dimensions);

    public string SignedBytes(string name, ReadOnlySpan<sbyte> values, params int[] dimensions) =>
        Initialiser(name, OnnxDataType.Int8, MemoryMarshal.AsBytes(values), dimensions);

    public string Integers(string name, ReadOnlySpan<int> values, params int[] dimensions)
    {
        var bytes = new byte[values.Length * sizeof(int)];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), values[i]);
        return Initialiser(name, OnnxDataType.Int32, bytes, dimensions);
    }

    public string Longs(string name, ReadOnlySpan<long> values, params int[] dimensions)
    {
        var bytes = new byte[values.Length * sizeof(long)];
        for (var i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * i), values[i]);
        return Initialiser(name, OnnxDataType.Int64, bytes, dimensions);
    }

    /// <summary>The file.</summary>
    public byte[] ToBytes(string name, TensorSpec input, TensorSpec output)
    {
        var model = new ProtobufWriter();
        model.Integer(1, IrVersion);
        model.Text(2, Producer);
        model.Message(7, graph =>
        {
            foreach (var node in _nodes) graph.Bytes(1, node);
            graph.Text(2, name);
            foreach (var initialiser in _initialisers) graph.Bytes(5, initialiser);
            graph.Message(11, value => ValueInfo(value, input));
            graph.Message(12, value => ValueInfo(value, output));
        });
        model.Message(8, opset =>
        {
            opset.Text(1, "");
            opset.Integer(2, Opset);
        });
        return model.Written.ToArray();
    }

    private static void ValueInfo(ProtobufWriter value, TensorSpec tensor)
    {
        value.Text(1, tensor.Name);
        value.Message(2, type => type.Message(1, tensorType =>
        {
            tensorType.Integer(1, (int)OnnxDataType.Float);
            tensorType.Message(2, shape =>
            {
                foreach (var dimension in tensor.Shape) shape.Message(1, d => d.Integer(1, dimension));
            });
        }));
    }

    private string Initialiser(string name, OnnxDataType type, ReadOnlySpan<byte> raw, int[] dimensions)
    {
        if (!_names.Add(name)) throw new InvalidOperationException($"two initialisers are named '{name}'");
        var writer = new ProtobufWriter();
        foreach (var dimension in dimensions) writer.Integer(1, dimension);
        writer.Integer(2, (int)type);
        writer.Text(8, name);
        writer.Bytes(9, raw);
        _initialisers.Add(writer.Written.ToArray());
        return name;
    }
}
