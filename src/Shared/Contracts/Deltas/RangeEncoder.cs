using System.Buffers;

namespace Hmas.Contracts.Deltas;

/// <summary>Binary arithmetic coder with carry propagation (G. N. N. Martin, "Range encoding", 1979; the carry scheme is Schindler's).</summary>
internal sealed class RangeEncoder : IBitCoder
{
    private const uint Smallest = 1u << 24;

    private readonly ArrayBufferWriter<byte> _output = new();
    private ulong _low;
    private uint _range = uint.MaxValue;
    private byte _held;
    private long _heldBytes = 1;

    public int Code(ref AdaptiveBit model, int bit)
    {
        var bound = (uint)(((ulong)_range * model.ChanceOfZero) >> 16);
        if (bit == 0)
        {
            _range = bound;
        }
        else
        {
            _low += bound;
            _range -= bound;
        }

        model.Learn(bit);
        while (_range < Smallest)
        {
            _range <<= 8;
            Shift();
        }

        return bit;
    }

    public ReadOnlyMemory<byte> Finish()
    {
        for (var i = 0; i < 5; i++) Shift();
        // The first byte is the coder's own and always 0; zeros at the end are read as zeros anyway.
        var end = _output.WrittenCount;
        while (end > 1 && _output.WrittenSpan[end - 1] == 0) end--;
        return _output.WrittenMemory[1..end];
    }

    /// <summary>Moves the top byte out; bytes that a carry may still change are held back.</summary>
    private void Shift()
    {
        if (_low < 0xFF000000 || _low > uint.MaxValue)
        {
            var carry = (byte)(_low >> 32);
            for (var value = _held; _heldBytes > 0; _heldBytes--, value = 0xFF) Put((byte)(value + carry));
            _held = (byte)(_low >> 24);
        }

        _heldBytes++;
        _low = (_low & 0x00FFFFFF) << 8;
    }

    private void Put(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }
}
