namespace Edge.Agent.Reasoning;

/// <summary>What rules ask of many values, missing ones (NaN) left out; two summaries make one of all their values.</summary>
internal struct ValueSummary
{
    private double _sum;
    private double _squares;
    private float _low;
    private float _high;
    private int _count;

    public static ValueSummary Empty => new() { _low = float.PositiveInfinity, _high = float.NegativeInfinity };

    public void Add(float value)
    {
        if (float.IsNaN(value)) return;
        _count++;
        _sum += value;
        _squares += (double)value * value;
        _low = Math.Min(_low, value);
        _high = Math.Max(_high, value);
    }

    public void Add(in ValueSummary other)
    {
        _count += other._count;
        _sum += other._sum;
        _squares += other._squares;
        _low = Math.Min(_low, other._low);
        _high = Math.Max(_high, other._high);
    }

    /// <returns>NaN without a value, and for a crest factor of silence.</returns>
    public readonly float Of(SignalKind kind)
    {
        if (_count == 0) return float.NaN;
        switch (kind)
        {
            case SignalKind.Mean:
                return (float)(_sum / _count);
            case SignalKind.Min:
                return _low;
            case SignalKind.Max:
                return _high;
            default:
                var rms = Math.Sqrt(_squares / _count);
                if (kind == SignalKind.Rms) return (float)rms;
                return rms > 0 ? (float)(Math.Max(Math.Abs(_low), Math.Abs(_high)) / rms) : float.NaN;
        }
    }
}
