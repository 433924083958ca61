using System.Buffers.Binary;

namespace Hmas.Signals.Streaming;

/// <summary>A streaming detector's state as bytes: eight that name detector and version, then float64 values, little-endian.</summary>
internal static class SavedState
{
    private const int HeaderBytes = 8;

    public static int Bytes(int values) => HeaderBytes + (8 * values);

    /// <exception cref="ArgumentException">Too short.</exception>
    public static void Write(ulong magic, ReadOnlySpan<double> state, Span<byte> destination)
    {
        if (destination.Length < Bytes(state.Length))
            throw new ArgumentException($"{destination.Length} bytes are too few for a state of {Bytes(state.Length)}.", nameof(destination));
        BinaryPrimitives.WriteUInt64LittleEndian(destination, magic);
        for (var i = 0; i < state.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(destination[Bytes(i)..], state[i]);
    }

    /// <exception cref="ArgumentException">Of another length, detector or version.</exception>
    public static void Read(ulong magic, ReadOnlySpan<byte> source, Span<double> state)
    {
        if (source.Length != Bytes(state.Length) || BinaryPrimitives.ReadUInt64LittleEndian(source) != magic)
            throw new ArgumentException($"These {source.Length} bytes are no state of this detector and version.", nameof(source));
        for (var i = 0; i < state.Length; i++) state[i] = BinaryPrimitives.ReadDoubleLittleEndian(source[Bytes(i)..]);
    }
}
