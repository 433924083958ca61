using System.Numerics;
using System.Numerics.Tensors;

namespace Hmas.Signals;

/// <summary>Statistics of one channel over one window. Spans in, numbers out, no allocation.</summary>
public static class Statistics
{
    /// <summary>Below this share of the largest square, a variance is rounding noise and the channel counts as
    /// constant: squared float rounding is 2⁻⁴⁸ ≈ 4e-15 a sample.</summary>
    private const double ConstantShare = 1e-12;

    private const float LogFloor = 1e-3f;

    /// <summary>Median; the mean of the two middle values of an even count. Sorts the values.</summary>
    /// <exception cref="ArgumentException">No values.</exception>
    public static double MedianInPlace(Span<float> values)
    {
        if (values.IsEmpty)
            throw new ArgumentException("Median of no values.", nameof(values));
        values.Sort();
        var middle = values.Length / 2;
        return (values.Length & 1) == 1 ? values[middle] : (values[middle - 1] + (double)values[middle]) / 2;
    }

    /// <summary>Quantile by linear interpolation between order statistics (Hyndman and Fan's type 7). Sorts the values.</summary>
    /// <param name="quantile">0 to 1.</param>
    /// <exception cref="ArgumentException">No values, or a quantile out of range.</exception>
    public static double QuantileInPlace(Span<float> values, double quantile)
    {
        if (values.IsEmpty)
            throw new ArgumentException("Quantile of no values.", nameof(values));
        if (quantile is not (>= 0 and <= 1))
            throw new ArgumentException($"Quantile {quantile} is not within 0 to 1.", nameof(quantile));
        values.Sort();
        var position = quantile * (values.Length - 1);
        var below = (int)position;
        var share = position - below;
        return share == 0 ? values[below] : (values[below] * (1 - share)) + (values[below + 1] * share);
    }

    /// <summary>Mean and population standard deviation, two passes in double.</summary>
    public static (double Mean, double Deviation) MeanAndDeviation(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values)
            sum += value;
        var mean = sum / values.Length;
        var squares = 0.0;
        foreach (var value in values)
            squares += (value - mean) * (value - mean);
        return (mean, Math.Sqrt(squares / values.Length));
    }

    /// <summary>Arithmetic mean.</summary>
    public static float Mean(ReadOnlySpan<float> values) => TensorPrimitives.Sum(values) / values.Length;

    /// <summary>Population standard deviation.</summary>
    /// <param name="scratch">At least as long as the values; overwritten.</param>
    public static float Deviation(ReadOnlySpan<float> values, Span<float> scratch)
    {
        var centred = Centre(values, scratch);
        return MathF.Sqrt(TensorPrimitives.SumOfSquares<float>(centred) / values.Length);
    }

    /// <summary>Natural logarithm of the population deviation plus 0.001, the smallest deviation
    /// that tells a resting sensor from a dead one.</summary>
    /// <param name="scratch">At least as long as the values; overwritten.</param>
    public static float LogDeviation(ReadOnlySpan<float> values, Span<float> scratch) => MathF.Log(Deviation(values, scratch) + LogFloor);

    /// <summary><see cref="LogDeviation"/> of the differences between neighbours; of a single value, that of a constant.</summary>
    /// <param name="scratch">At least as long as the values; overwritten.</param>
    public static float LogDifferenceDeviation(ReadOnlySpan<float> values, Span<float> scratch)
    {
        if (values.Length < 2)
            return MathF.Log(LogFloor);
        var differences = scratch[..(values.Length - 1)];
        TensorPrimitives.Subtract(values[1..], values[..^1], differences);
        return LogDeviation(differences, differences);
    }

    /// <summary>Largest <see cref="LogDeviation"/> of stretches of <paramref name="length"/> values,
    /// half overlapping; the newest ends with the values.</summary>
    /// <param name="scratch">At least <paramref name="length"/> long; overwritten.</param>
    public static float PeakLogDeviation(ReadOnlySpan<float> values, int length, Span<float> scratch)
    {
        var peak = float.NegativeInfinity;
        for (var end = values.Length; end >= length; end -= Math.Max(1, length / 2))
            peak = Math.Max(peak, Deviation(values.Slice(end - length, length), scratch));
        return MathF.Log(peak + LogFloor);
    }

    /// <summary>Square root of the mean square.</summary>
    public static float Rms(ReadOnlySpan<float> values) => MathF.Sqrt(TensorPrimitives.SumOfSquares(values) / values.Length);

    /// <summary>Largest magnitude divided by RMS: 1 for a square wave, √2 for a sine; 0 for silence.</summary>
    public static float CrestFactor(ReadOnlySpan<float> values)
    {
        var rms = Rms(values);
        return rms == 0 ? 0 : Math.Abs(TensorPrimitives.MaxMagnitude(values)) / rms;
    }

    /// <summary>Fourth central moment divided by the squared variance (Pearson): 3 for a normal
    /// distribution, 1.5 for a sine; 0 for a constant channel.</summary>
    /// <param name="scratch">At least as long as the values; overwritten.</param>
    public static float Kurtosis(ReadOnlySpan<float> values, Span<float> scratch)
    {
        var centred = Centre(values, scratch);
        TensorPrimitives.Multiply(centred, centred, centred);
        var variance = TensorPrimitives.Sum<float>(centred) / values.Length;
        var largest = TensorPrimitives.MaxMagnitude(values);
        if (variance <= ConstantShare * largest * largest)
            return 0;
        return TensorPrimitives.SumOfSquares<float>(centred) / values.Length / (variance * variance);
    }

    /// <summary>Rise of the least-squares line from the first to the last value of the window, unit of the values; 0 for one value.</summary>
    /// <param name="centredTime">Sample numbers minus their mean, scaled so that the dot product is the rise: <see cref="RiseWeights"/>.</param>
    public static float Slope(ReadOnlySpan<float> values, ReadOnlySpan<float> centredTime) => TensorPrimitives.Dot(values, centredTime);

    /// <summary>Weights whose dot product with a window of this length is its least-squares rise.</summary>
    public static float[] RiseWeights(int length)
    {
        var weights = new float[length];
        if (length < 2)
            return weights;
        var mean = (length - 1) / 2.0;
        // Σ(t − mean)² = n(n² − 1)/12; the slope per sample times (n − 1) is the rise.
        var factor = (length - 1) * 12.0 / (length * ((double)length * length - 1));
        for (var t = 0; t < length; t++)
            weights[t] = (float)((t - mean) * factor);
        return weights;
    }

    /// <summary>Difference to the value before; 0 at the first.</summary>
    public static void Differences(ReadOnlySpan<float> values, Span<float> output)
    {
        output[0] = 0;
        TensorPrimitives.Subtract(values[1..], values[..^1], output[1..values.Length]);
    }

    /// <summary>Mean over the newest <paramref name="length"/> values up to each time step; over fewer
    /// at the window's start. Causal: never looks ahead.</summary>
    public static void RollingMean(ReadOnlySpan<float> values, int length, Span<float> output)
    {
        var sum = 0.0;
        for (var t = 0; t < values.Length; t++)
        {
            sum += values[t];
            if (t >= length)
                sum -= values[t - length];
            output[t] = (float)(sum / Math.Min(t + 1, length));
        }
    }

    /// <summary>Mean of each run of <paramref name="length"/> values, over those that are present;
    /// a run without one present value gives NaN.</summary>
    /// <param name="values">NaN is missing. An infinite value makes the means that hold it infinite and leaves the later ones alone.</param>
    /// <param name="output">values.Length − length + 1 values; overwritten.</param>
    /// <remarks>Each mean is summed afresh, oldest value first, so that it is the same number wherever its window begins. O(T × length).</remarks>
    public static void CausalMean(ReadOnlySpan<float> values, int length, Span<float> output)
    {
        var t = 0;
        for (; t <= output.Length - Vector<float>.Count; t += Vector<float>.Count)
        {
            var sum = new PresentSum();
            for (var i = 0; i < length; i++) sum.Add(new Vector<float>(values[(t + i)..]));
            sum.Mean().CopyTo(output[t..]);
        }

        for (; t < output.Length; t++)
        {
            var (sum, present) = (0.0, 0);
            foreach (var value in values.Slice(t, length))
            {
                if (!float.IsNaN(value)) (sum, present) = (sum + value, present + 1);
            }

            output[t] = (float)(sum / present);
        }
    }

    /// <summary>Population standard deviation over the same values as <see cref="RollingMean"/>.</summary>
    /// <remarks>Running sums in double around the window's first value: a large offset cancels before it is squared. O(T) for any length.</remarks>
    public static void RollingDeviation(ReadOnlySpan<float> values, int length, Span<float> output)
    {
        double origin = values[0], sum = 0, squares = 0;
        for (var t = 0; t < values.Length; t++)
        {
            var entering = values[t] - origin;
            sum += entering;
            squares += entering * entering;
            if (t >= length)
            {
                var leaving = values[t - length] - origin;
                sum -= leaving;
                squares -= leaving * leaving;
            }
            var count = Math.Min(t + 1, length);
            var variance = (squares - (sum * sum / count)) / count;
            // Math.Max would keep NaN, and NaN must stay visible: a comparison that NaN fails keeps it too.
            output[t] = variance < 0 ? 0 : (float)Math.Sqrt(variance);
        }
    }

    private static Span<float> Centre(ReadOnlySpan<float> values, Span<float> scratch)
    {
        var centred = scratch[..values.Length];
        TensorPrimitives.Subtract(values, Mean(values), centred);
        return centred;
    }
}
