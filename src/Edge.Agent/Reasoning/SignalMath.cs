using Edge.Agent.Perception.Windows;

namespace Edge.Agent.Reasoning;

/// <summary>Numbers over the newest frames of one channel, missing values left out. O(frames), no allocation.</summary>
internal static class SignalMath
{
    /// <returns>NaN when the history does not reach back that far or holds no value.</returns>
    public static float OverFrames(SignalKind kind, FrameHistory history, int channel, int frames)
    {
        if (history.Contiguous < frames) return float.NaN;
        history.Tail(channel, frames, out var older, out var newer);
        return kind switch
        {
            SignalKind.Min or SignalKind.Max => Extreme(kind == SignalKind.Max, older, newer),
            SignalKind.Rate => Rate(history, frames, older, newer),
            _ => Moment(kind, older, newer),
        };
    }

    private static float Extreme(bool max, ReadOnlySpan<float> older, ReadOnlySpan<float> newer)
    {
        var best = float.NaN;
        foreach (var value in older) Take(value);
        foreach (var value in newer) Take(value);
        return best;

        void Take(float value)
        {
            if (float.IsNaN(best) || (max ? value > best : value < best)) best = float.IsNaN(value) ? best : value;
        }
    }

    private static float Rate(FrameHistory history, int frames, ReadOnlySpan<float> older, ReadOnlySpan<float> newer)
    {
        int first = -1, last = -1;
        for (var i = 0; i < frames; i++)
        {
            if (float.IsNaN(At(i, older, newer))) continue;
            if (first < 0) first = i;
            last = i;
        }

        if (first < 0 || last == first) return float.NaN;
        var seconds = (history.TimestampUs(frames - 1 - last) - history.TimestampUs(frames - 1 - first)) / 1e6;
        return seconds > 0 ? (float)((At(last, older, newer) - At(first, older, newer)) / seconds) : float.NaN;
    }

    private static float At(int i, ReadOnlySpan<float> older, ReadOnlySpan<float> newer) => i < older.Length ? older[i] : newer[i - older.Length];

    private static float Moment(SignalKind kind, ReadOnlySpan<float> older, ReadOnlySpan<float> newer)
    {
        var count = 0;
        double sum = 0, squares = 0, peak = 0;
        foreach (var value in older) Take(value);
        foreach (var value in newer) Take(value);
        if (count == 0) return float.NaN;
        var mean = sum / count;
        if (kind == SignalKind.Mean) return (float)mean;
        var rms = Math.Sqrt(squares / count);
        if (kind == SignalKind.Rms) return (float)rms;
        if (kind == SignalKind.CrestFactor) return rms > 0 ? (float)(peak / rms) : float.NaN;

        // Second pass around the mean: sums of powers would cancel for a small spread on a large level.
        double second = 0, fourth = 0;
        foreach (var value in older) TakeCentred(value);
        foreach (var value in newer) TakeCentred(value);
        second /= count;
        if (kind == SignalKind.Deviation) return (float)Math.Sqrt(second);
        return second > 0 ? (float)(fourth / count / (second * second)) : float.NaN;

        void Take(float value)
        {
            if (float.IsNaN(value)) return;
            count++;
            sum += value;
            squares += (double)value * value;
            peak = Math.Max(peak, Math.Abs(value));
        }

        void TakeCentred(float value)
        {
            if (float.IsNaN(value)) return;
            var square = (value - mean) * (value - mean);
            second += square;
            fourth += square * square;
        }
    }
}
