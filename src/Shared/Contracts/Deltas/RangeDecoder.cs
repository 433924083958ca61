namespace Hmas.Contracts.Deltas;

/// <summary>The reading side of <see cref="RangeEncoder"/>. Behind its end a stream goes on with zeros, so a
/// damaged one gives wrong bytes and no exception: a checksum tells.</summary>
internal sealed class RangeDecoder : IBitCoder
{
    private const uint Smallest = 1u << 24;

    private readonly ReadOnlyMemory<byte> _input;
    private uint _range = uint.MaxValue;
    private uint _code;
    private int _next;

    public RangeDecoder(ReadOnlyMemory<byte> input)
    {
        _input = input;
        for (var i = 0; i < 4; i++) _code = (_code << 8) | Take();
    }

    public int Code(ref AdaptiveBit model, int bit)
    {
        var bound = (uint)(((ulong)_range * model.ChanceOfZero) >> 16);
        if (_code < bound)
        {
            _range = bound;
            bit = 0;
        }
        else
        {
            _code -= bound;
            _range -= bound;
            bit = 1;
        }

        model.Learn(bit);
        while (_range < Smallest)
        {
            _range <<= 8;
            _code = (_code << 8) | Take();
        }

        return bit;
    }

    private byte Take() => _next < _input.Length ? _input.Span[_next++] : (byte)0;
}
