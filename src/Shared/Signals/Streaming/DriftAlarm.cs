namespace Hmas.Signals.Streaming;

/// <summary>Alarm when the mean of a channel has drifted away from its healthy value, value by value, either way.</summary>
/// <remarks>
/// Two one-sided cumulative sums (Page 1954), laid out for shifts of one deviation: each adds what a value
/// exceeds half a deviation by and never falls below zero. The bar stands
/// so that steady normal values give one false alarm in 10,000 (Siegmund's approximation of the run
/// length); a shift of one deviation is then told after about 17 values, of
/// half a deviation after about 89, where no test can be faster than 18 and 74 by the bound ln(10,000) / KL
/// for long runs. Values count up to four deviations, so that one outlier
/// is no drift. State: two sums. After an alarm both start anew. One thread at a time; no allocation.
/// </remarks>
/// <param name="mean">Healthy mean; finite.</param>
/// <param name="deviation">Healthy standard deviation, above 0.</param>
public sealed class DriftAlarm(double mean, double deviation)
{
    /// <summary>Half of the shift looked for, in deviations.</summary>
    private const double Allowance = 0.5;

    private const double Bar = 8.15;
    private const double Largest = 4;

    private readonly double _mean = double.IsFinite(mean) ? mean : throw new ArgumentOutOfRangeException(nameof(mean), mean, "must be finite");
    private readonly double _deviation = deviation > 0 && double.IsFinite(deviation)
        ? deviation
        : throw new ArgumentOutOfRangeException(nameof(deviation), deviation, "must be finite and above 0");

    /// <summary>Evidence of a drift upwards; an alarm above 8.15. Set it to go on from a kept state.</summary>
    public double Upward { get; set; }

    /// <summary>Evidence of a drift downwards.</summary>
    public double Downward { get; set; }

    /// <summary>Takes the next value.</summary>
    /// <param name="value">NaN and infinities are missing values: they change nothing.</param>
    /// <returns>+1 for a drift upwards, −1 for one downwards, 0 for none.</returns>
    public int Add(double value)
    {
        if (!double.IsFinite(value)) return 0;
        var step = Math.Clamp((value - _mean) / _deviation, -Largest, Largest);
        Upward = Math.Max(0, Upward + step - Allowance);
        Downward = Math.Max(0, Downward - step - Allowance);
        if (Upward <= Bar && Downward <= Bar) return 0;
        var direction = Upward > Downward ? 1 : -1;
        (Upward, Downward) = (0, 0);
        return direction;
    }
}
