using System.Numerics;

namespace Hmas.Contracts.Deltas;

/// <summary>Adaptive models of everything that stands in a delta. Both sides make one, and it learns the same on both.</summary>
/// <param name="coder">Writes or reads.</param>
/// <param name="period">Bytes that behave alike stand so far apart: 1 for int8 weights and text, 4 for float32. 1 or 4.</param>
internal sealed class SymbolModels(IBitCoder coder, int period)
{
    private const int ByteNodes = 256;
    private const int NumberBits = 32;
    private const int Magnitudes = 4;
    private const int Histories = 16;

    private readonly AdaptiveBit[] _literals = new AdaptiveBit[4 * 4 * ByteNodes];
    private readonly AdaptiveBit[] _isEqual = new AdaptiveBit[4 * Histories];
    private readonly AdaptiveBit[] _differences = new AdaptiveBit[4 * Magnitudes * ByteNodes];
    private readonly AdaptiveBit[] _lengths = new AdaptiveBit[3 * NumberBits];
    private readonly AdaptiveBit[] _bits = new AdaptiveBit[3 * NumberBits * NumberBits];
    private int _history;
    private int _magnitude;
    private byte _lastLiteral;

    /// <summary>A byte that has no like in the old file.</summary>
    public byte Literal(int position, byte value)
    {
        var context = ((position % period) * 4) + (_lastLiteral >> 6);
        return _lastLiteral = Byte(_literals, context, value);
    }

    /// <summary>How far a byte is from its like in the old file, modulo 256.</summary>
    public byte Difference(int position, byte difference)
    {
        var phase = position % period;
        var isEqual = coder.Code(ref _isEqual[(phase * Histories) + _history], difference == 0 ? 0 : 1) == 0;
        _history = ((_history << 1) | (isEqual ? 0 : 1)) & (Histories - 1);
        if (isEqual)
        {
            _magnitude >>= 1;
            return 0;
        }

        // Sign in the lowest bit: small differences of either sign share their leading zeros.
        var folded = (byte)((difference << 1) ^ ((sbyte)difference >> 7));
        folded = Byte(_differences, (phase * Magnitudes) + Math.Min(Magnitudes - 1, BitOperations.Log2((uint)_magnitude + 1)), folded);
        _magnitude = (_magnitude + folded) >> 1;
        return (byte)((folded >> 1) ^ -(folded & 1));
    }

    /// <summary>A count or distance, 0 to 2³¹ − 1: its number of bits, then those below the first.</summary>
    public int Number(NumberKind kind, int value)
    {
        var (bits, at) = (BitOperations.Log2((uint)value + 1), (int)kind * NumberBits);
        var count = 0;
        while (count < NumberBits - 1 && coder.Code(ref _lengths[at + count], count < bits ? 1 : 0) == 1) count++;
        var number = 1L;
        for (var i = count - 1; i >= 0; i--)
            number = (number << 1) | (uint)coder.Code(ref _bits[((at + count) * NumberBits) + i], (int)((((long)value + 1) >> i) & 1));
        // A damaged delta may say more; what follows refuses it.
        return (int)Math.Min(number - 1, int.MaxValue);
    }

    private byte Byte(AdaptiveBit[] models, int context, byte value)
    {
        var node = 1;
        for (var i = 7; i >= 0; i--) node = (node << 1) | coder.Code(ref models[(context * ByteNodes) + node], (value >> i) & 1);
        return (byte)node;
    }
}
