using System.Buffers.Binary;
using Hmas.Contracts.Wire;

namespace Hmas.Contracts.Deltas;

/// <summary>A new file as its difference from an old one that the reader has (docs/formats/delta.md).</summary>
public static class DeltaCodec
{
    private const byte Version = 1;
    private const int HeaderBytes = 4 + 1 + 1 + 4 + 4 + 4 + 4;

    private static ReadOnlySpan<byte> Magic => "HMDL"u8;

    /// <summary>The delta; it may be larger than the new file when the two have nothing in common.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> old, ReadOnlySpan<byte> @new)
    {
        var matches = Matcher.Find(old, @new);
        // Which of the two fits cannot be known before: int8 weights and text, or float32.
        var (bytes, floats) = (Body(old, @new, matches, period: 1), Body(old, @new, matches, period: 4));
        var (period, body) = floats.Length < bytes.Length ? ((byte)4, floats) : ((byte)1, bytes);
        var delta = new byte[HeaderBytes + body.Length];
        Magic.CopyTo(delta);
        delta[4] = Version;
        delta[5] = period;
        BinaryPrimitives.WriteInt32LittleEndian(delta.AsSpan(6), old.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(delta.AsSpan(10), Crc(old));
        BinaryPrimitives.WriteInt32LittleEndian(delta.AsSpan(14), @new.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(delta.AsSpan(18), Crc(@new));
        body.Span.CopyTo(delta.AsSpan(HeaderBytes));
        return delta;
    }

    /// <summary>The new file. Whether it may be used is not decided here: its digest is.</summary>
    /// <param name="maxBytes">Of the new file.</param>
    /// <exception cref="WireFormatException">Not a delta, damaged, against another old file, or of too
    /// large a file; the message names the field.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> old, ReadOnlyMemory<byte> delta, int maxBytes)
    {
        var header = delta.Span;
        if (header.Length < HeaderBytes || !header[..4].SequenceEqual(Magic)) throw new WireFormatException("magic is not HMDL");
        if (header[4] != Version) throw new WireFormatException($"delta version {header[4]} is not {Version}");
        if (header[5] is not (1 or 4)) throw new WireFormatException($"period {header[5]} is neither 1 nor 4");
        if (BinaryPrimitives.ReadInt32LittleEndian(header[6..]) != old.Length || BinaryPrimitives.ReadUInt32LittleEndian(header[10..]) != Crc(old))
            throw new WireFormatException("the delta was made against another old file");
        var length = BinaryPrimitives.ReadInt32LittleEndian(header[14..]);
        if (length < 0 || length > maxBytes) throw new WireFormatException($"new file of {length} bytes is outside 0 to {maxBytes}");
        var @new = new byte[length];
        Read(old, @new, new SymbolModels(new RangeDecoder(delta[HeaderBytes..]), header[5]));
        return Crc(@new) == BinaryPrimitives.ReadUInt32LittleEndian(header[18..])
            ? @new : throw new WireFormatException("crc of the new file does not match: the delta is damaged");
    }

    private static uint Crc(ReadOnlySpan<byte> bytes) => ~WireCrc32C.Append(uint.MaxValue, bytes);

    private static ReadOnlyMemory<byte> Body(ReadOnlySpan<byte> old, ReadOnlySpan<byte> @new, List<Match> matches, int period)
    {
        var coder = new RangeEncoder();
        var models = new SymbolModels(coder, period);
        var (at, place) = (0, 0);
        foreach (var match in matches)
        {
            Literals(@new, at, match.New, models);
            models.Number(NumberKind.CopyCount, match.Length);
            var seek = match.Old - place;
            models.Number(NumberKind.Seek, (seek << 1) ^ (seek >> 31));
            for (var i = 0; i < match.Length; i++) models.Difference(match.New + i, (byte)(@new[match.New + i] - old[match.Old + i]));
            (at, place) = (match.New + match.Length, match.Old + match.Length);
        }

        if (at < @new.Length) Literals(@new, at, @new.Length, models);
        return coder.Finish();
    }

    private static void Literals(ReadOnlySpan<byte> @new, int from, int to, SymbolModels models)
    {
        models.Number(NumberKind.LiteralCount, to - from);
        for (var i = from; i < to; i++) models.Literal(i, @new[i]);
    }

    private static void Read(ReadOnlySpan<byte> old, Span<byte> @new, SymbolModels models)
    {
        var (at, place) = (0, 0L);
        while (at < @new.Length)
        {
            var literals = models.Number(NumberKind.LiteralCount, 0);
            if (literals > @new.Length - at) throw new WireFormatException($"{literals} literals at {at} lead beyond the end");
            for (var end = at + literals; at < end; at++) @new[at] = models.Literal(at, 0);
            if (at == @new.Length) return;
            var count = models.Number(NumberKind.CopyCount, 0);
            var seek = models.Number(NumberKind.Seek, 0);
            place += (int)((uint)seek >> 1) ^ -(seek & 1);
            if (count == 0 || count > @new.Length - at || place < 0 || count > old.Length - place)
                throw new WireFormatException($"a copy of {count} bytes from {place} to {at} leads beyond the files");
            for (var end = at + count; at < end; at++, place++) @new[at] = (byte)(old[(int)place] + models.Difference(at, 0));
        }
    }
}
