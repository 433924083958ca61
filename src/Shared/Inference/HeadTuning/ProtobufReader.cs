namespace Hmas.Inference.HeadTuning;

/// <summary>Walks the fields of one protocol-buffer message; what is cut short or malformed ends the
/// walk with an error, never beyond the bytes given.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <param name="value">Of a field with a length: its bytes; of others: empty.</param>
    /// <returns>False at the end.</returns>
    /// <exception cref="InferenceException">Malformed (<c>Graph</c>).</exception>
    public bool Next(out int field, out ReadOnlySpan<byte> value)
    {
        field = 0;
        value = default;
        if (_rest.IsEmpty) return false;
        var tag = Varint();
        field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                Varint();
                break;
            case 1:
                Take(sizeof(ulong));
                break;
            case 2:
                value = Take(Varint());
                break;
            case 5:
                Take(sizeof(uint));
                break;
            default:
                throw Malformed();
        }

        return true;
    }

    private ulong Varint()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }

        throw Malformed();
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length) throw Malformed();
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }

    private static InferenceException Malformed() => new("Graph", "the model's bytes are no protocol buffer.");
}
