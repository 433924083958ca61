namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Counts of a tensor's values in 2,048 even bins around 0. The range doubles when a value lies outside,
/// neighbouring bins then join: one pass, memory that does not grow.</summary>
internal sealed class GrowingHistogram
{
    private const int Bins = 2048;
    private readonly long[] _counts = new long[Bins];

    /// <summary>Bins cover [−range, range).</summary>
    private float _range;
    private long _total;

    /// <summary>Width of a bin.</summary>
    private double Width => 2.0 * _range / Bins;

    /// <param name="values">Finite.</param>
    public void Add(ReadOnlySpan<float> values, float smallest, float largest)
    {
        Cover(Math.Max(-smallest, largest));
        var perUnit = Bins / (2f * _range);
        foreach (var value in values) _counts[Math.Min(Bins - 1, (int)((value + _range) * perUnit))]++;
        _total += values.Length;
    }

    /// <summary>The narrowest range that leaves a share of the values out at each end.</summary>
    public (float Min, float Max) Percentile(double share)
    {
        var outside = (long)(share * _total);
        var (low, high) = (0, Bins - 1);
        for (var left = 0L; low < high && left + _counts[low] <= outside; low++) left += _counts[low];
        for (var left = 0L; high > low && left + _counts[high] <= outside; high--) left += _counts[high];
        return ((float)((low * Width) - _range), (float)(((high + 1) * Width) - _range));
    }

    /// <summary>Mean squared error of rounding to 255 steps of a range, and of clipping to it.</summary>
    public double Error(float min, float max)
    {
        var step = ((double)Math.Max(max, 0) - Math.Min(min, 0)) / 255;
        var sum = 0.0;
        for (var bin = 0; bin < Bins; bin++)
        {
            if (_counts[bin] == 0) continue;
            var value = ((bin + 0.5) * Width) - _range;
            var beyond = value < min ? min - value : value > max ? value - max : 0;
            sum += _counts[bin] * (beyond > 0 ? beyond * beyond : step * step / 12);
        }

        return sum / Math.Max(1, _total);
    }

    private void Cover(float size)
    {
        if (_range == 0) _range = Math.Max(size, 1e-6f) * 1.001f;
        while (size >= _range)
        {
            // From the middle outwards every pair becomes one bin.
            var joined = new long[Bins];
            for (var bin = 0; bin < Bins; bin++) joined[(Bins / 4) + (bin / 2)] += _counts[bin];
            joined.CopyTo(_counts, 0);
            _range *= 2;
        }
    }
}
