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
        if (value < _low) _low = value;
        if (value > _high) _high = value;
    }

    /// <summary>Of one's values and one more.</summary>
    /// <remarks>Field by field: who adds in place and copies the result reads at once what was just written in parts, for which the processor
    /// waits until it is in the cache.</remarks>
    public static void Sum(in ValueSummary one, float value, out ValueSummary both)
    {
        if (float.IsNaN(value))
        {
            both = one;
            return;
        }

        both._count = one._count + 1;
        both._sum = one._sum + value;
        both._squares = one._squares + ((double)value * value);
        both._low = value < one._low ? value : one._low;
        both._high = value > one._high ? value : one._high;
    }

    public void Add(in ValueSummary other)
    {
        _count += other._count;
        _sum += other._sum;
        _squares += other._squares;
        _low = Math.Min(_low, other._low);
        _high = Math.Max(_high, other._high);
    }

    /// <summary>Of the values of both; only what is asked for is put together.</summary>
    /// <returns>NaN without a value, and for a crest factor of silence.</returns>
    public static float Of(SignalKind kind, in ValueSummary one, in ValueSummary two)
    {
        var count = one._count + two._count;
        if (count == 0) return float.NaN;
        if (kind == SignalKind.Mean) return (float)((one._sum + two._sum) / count);
        var (low, high) = (Math.Min(one._low, two._low), Math.Max(one._high, two._high));
        if (kind == SignalKind.Min) return low;
        if (kind == SignalKind.Max) return high;
        var rms = Math.Sqrt((one._squares + two._squares) / count);
        if (kind == SignalKind.Rms) return (float)rms;
        return rms > 0 ? (float)(Math.Max(Math.Abs(low), Math.Abs(high)) / rms) : float.NaN;
    }
}
