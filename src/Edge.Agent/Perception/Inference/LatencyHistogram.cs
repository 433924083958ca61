using System.Numerics;

namespace Edge.Agent.Perception.Inference;

/// <summary>Durations in buckets of about 6 %, from 1 µs to over an hour. No allocation; not thread-safe.</summary>
internal sealed class LatencyHistogram
{
    // Sixteen buckets for each power of two: the width is 1/16 of the lower edge.
    private const int SubBits = 4;
    private readonly long[] _counts = new long[40 << SubBits];

    public long Count { get; private set; }

    public void Add(double microseconds)
    {
        var value = (ulong)Math.Clamp(microseconds, 1, 1e10);
        var power = BitOperations.Log2(value);
        var sub = power >= SubBits
            ? (int)(value >> (power - SubBits)) & ((1 << SubBits) - 1) : (int)(value << (SubBits - power)) & ((1 << SubBits) - 1);
        _counts[(power << SubBits) | sub]++;
        Count++;
    }

    /// <summary>Upper edge in microseconds of the bucket that holds the quantile; 0 when empty.</summary>
    public double Quantile(double quantile)
    {
        var rank = (long)Math.Ceiling(quantile * Count);
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0) return Math.Pow(2, i >> SubBits) * (1 + (((i & ((1 << SubBits) - 1)) + 1) / (double)(1 << SubBits)));
        }

        return 0;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }
}
