namespace Cloud.Hub.Learning.Export;

/// <summary>A node's attribute: one integer, one float or a list of integers.</summary>
internal sealed class OnnxAttribute
{
    private readonly Action<ProtobufWriter> _write;

    private OnnxAttribute(Action<ProtobufWriter> write) => _write = write;

    public static OnnxAttribute Of(string name, long value) => new(writer =>
    {
        writer.Text(1, name);
        writer.Integer(3, value);
        writer.Integer(20, 2);
    });

    public static OnnxAttribute Of(string name, float value) => new(writer =>
    {
        writer.Text(1, name);
        writer.Float(2, value);
        writer.Integer(20, 1);
    });

    public static OnnxAttribute Of(string name, IReadOnlyList<int> values) => new(writer =>
    {
        writer.Text(1, name);
        foreach (var value in values) writer.Integer(8, value);
        writer.Integer(20, 7);
    });

    public void Write(ProtobufWriter writer) => _write(writer);
}
