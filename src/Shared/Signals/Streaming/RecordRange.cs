namespace Hmas.Signals.Streaming;

/// <summary>Lowest and highest value of about the last <c>horizon</c> values, kept as the extremes of at most 16 blocks.</summary>
/// <remarks>
/// Blocks double in length (neighbours are merged) until 16 of them span the horizon; from then on the
/// oldest block is forgotten as a new one begins. So a young stream is
/// remembered whole and an old one forgets in steps of a sixteenth. A view of the caller's memory:
/// nothing is allocated, and saving that memory saves the range.
/// </remarks>
internal readonly ref struct RecordRange
{
    private const int Blocks = 16;
    private const int Count = 0;
    private const int Filled = 1;
    private const int Length = 2;
    private const int Highs = 3;
    private const int Lows = Highs + Blocks;

    /// <summary>Values of memory that a range needs, all zero at its start.</summary>
    public const int StateLength = Lows + Blocks;

    private readonly Span<double> _state;
    private readonly int _firstLength;
    private readonly int _longest;

    /// <param name="state">Shape (<see cref="StateLength"/>).</param>
    /// <param name="firstLength">Values in a block at the start.</param>
    /// <param name="horizon">Values to remember.</param>
    public RecordRange(Span<double> state, int firstLength, int horizon)
    {
        _state = state;
        _firstLength = firstLength;
        _longest = Math.Max(firstLength, horizon / Blocks);
    }

    public bool IsEmpty => _state[Count] == 0;

    /// <summary>NaN-free; of what is remembered.</summary>
    public (double Low, double High) Extremes()
    {
        var count = (int)_state[Count];
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = 0; i < count; i++)
        {
            low = Math.Min(low, _state[Lows + i]);
            high = Math.Max(high, _state[Highs + i]);
        }

        return (low, high);
    }

    /// <param name="value">Finite.</param>
    public void Add(double value)
    {
        if (IsEmpty)
        {
            _state[Length] = _firstLength;
            Open(0, value);
            return;
        }

        if (_state[Filled] >= _state[Length])
        {
            if (_state[Count] == Blocks) MakeRoom();
            Open((int)_state[Count], value);
            return;
        }

        var newest = (int)_state[Count] - 1;
        _state[Highs + newest] = Math.Max(_state[Highs + newest], value);
        _state[Lows + newest] = Math.Min(_state[Lows + newest], value);
        _state[Filled]++;
    }

    private void Open(int block, double value)
    {
        _state[Highs + block] = value;
        _state[Lows + block] = value;
        _state[Count] = block + 1;
        _state[Filled] = 1;
    }

    private void MakeRoom()
    {
        var highs = _state.Slice(Highs, Blocks);
        var lows = _state.Slice(Lows, Blocks);
        if (2 * _state[Length] > _longest)
        {
            highs[1..].CopyTo(highs);
            lows[1..].CopyTo(lows);
            _state[Count] = Blocks - 1;
            return;
        }

        for (var i = 0; i < Blocks / 2; i++)
        {
            highs[i] = Math.Max(highs[2 * i], highs[(2 * i) + 1]);
            lows[i] = Math.Min(lows[2 * i], lows[(2 * i) + 1]);
        }

        _state[Count] = Blocks / 2;
        _state[Length] *= 2;
    }
}
