using System.Buffers.Binary;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Fields of one protobuf message, in order, without a schema (protobuf.dev/programming-guides/encoding).</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    /// <summary>False at the end.</summary>
    /// <param name="bytes">Of a length-delimited field; empty otherwise.</param>
    /// <param name="number">Of any other field.</param>
    /// <exception cref="FormatException">A field is cut off, or of a type that there is not.</exception>
    public bool Next(out int field, out ReadOnlySpan<byte> bytes, out ulong number)
    {
        field = 0;
        bytes = default;
        number = 0;
        if (_rest.IsEmpty) return false;
        var tag = Varint();
        field = (int)Math.Min(tag >> 3, int.MaxValue);
        switch (tag & 7)
        {
            case 0: number = Varint(); break;
            case 1: number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8)); break;
            case 2: bytes = Take(Varint()); break;
            case 5: number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4)); break;
            default: throw new FormatException($"protobuf: field {field} has wire type {tag & 7}");
        }

        return true;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return value;
        }

        throw new FormatException("protobuf: a number is longer than 10 bytes");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length) throw new FormatException($"protobuf: {count} bytes are promised, {_rest.Length} are there");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
