using System.Buffers.Binary;
using System.Text;

namespace Hmas.Contracts.Wire;

/// <summary>Reads little-endian fields from untrusted bytes; every shortfall names the field it was reading.</summary>
internal ref struct Reader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public byte Byte(string field) => Take(1, field)[0];

    public ushort UInt16(string field) => BinaryPrimitives.ReadUInt16LittleEndian(Take(2, field));

    public int Int32(string field) => BinaryPrimitives.ReadInt32LittleEndian(Take(4, field));

    public long Int64(string field) => BinaryPrimitives.ReadInt64LittleEndian(Take(8, field));

    public float Single(string field) => BinaryPrimitives.ReadSingleLittleEndian(Take(4, field));

    public float[] Singles(int count, string field)
    {
        var source = Take(checked(4 * count), field);
        var values = new float[count];
        for (var i = 0; i < count; i++) values[i] = BinaryPrimitives.ReadSingleLittleEndian(source[(4 * i)..]);
        return values;
    }

    /// <summary>Null when the length is 0.</summary>
    public string? Text(string field)
    {
        var length = Byte(field);
        return length == 0 ? null : Encoding.UTF8.GetString(Take(length, field));
    }

    public ReadOnlySpan<byte> Take(int count, string field)
    {
        if (count < 0 || count > _rest.Length) throw new WireFormatException($"{field} needs {count} bytes, {_rest.Length} are left");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    public readonly void RequireEnd(string what)
    {
        if (!_rest.IsEmpty) throw new WireFormatException($"{what} has {_rest.Length} bytes after its end");
    }
}
