using System.Numerics.Tensors;

namespace Hmas.Signals.Streaming;

/// <summary>Anomaly scores for one channel, value by value: how far a statistic of the newest values
/// lies beyond everything the stream has shown so far.</summary>
/// <remarks>
/// Watched are the value, the rolling median of 9 and mean of 32, the median of 5 residuals of <see cref="LevelContext"/> (both ways),
/// the rolling deviations of 16 and 256
/// (downwards: a sensor that freezes, a day without its usual swing) and, over a short horizon, the step from one value to the next.
/// A statistic is novel by its <em>exceedance</em>: the distance beyond its record, less what the stream's steps explain (the usual one and,
/// of all but the deviations, a tenth of the largest one), as a share of the range
/// between its lowest and highest value so far, and less in a young stream. That share has no unit:
/// in a stationary stream records grow rare by themselves (the n-th value is
/// one with chance 1/n, so a young one has most), and what happened once is no news the second
/// time, so one event is one detection. Only steps forget: an old giant does not hide the next jump for ever.
/// After a detection the detector rests for a share of the values seen, unless a far larger one follows.
/// Sources: records of a sequence (Rényi 1962); the refractory period after a detection as in the NAB
/// entry CAD OSE (Smirnov 2016). No clock, no labels, no look-ahead.
/// One thread at a time; no allocation after construction; less than 5 µs a value.
/// </remarks>
public sealed class NoveltyDetector
{
    /// <summary>Values before the first answer: below that, everything is new.</summary>
    public const int WarmUp = 150;

    /// <summary>Bytes of <see cref="Save"/>.</summary>
    public const int StateBytes = 8 + (8 * StateLength);

    /// <summary>"HNOV", then the version of the layout.</summary>
    private const ulong Magic = 0x0000_0003_564F_4E48;

    /// <summary>Smallest exceedance that counts, as a share of the range.</summary>
    private const double SmallestExceedance = 0.0075;

    /// <summary>Exceedance of a first change after perfect silence, where the range is nothing.</summary>
    private const double AfterSilence = 10;

    /// <summary>A record of a young stream says little: it is divided by 1 + (this / values)^1.5.</summary>
    private const double YoungValues = 1400;

    /// <summary>A record by less than the usual step from one value to the next is noise.</summary>
    private const double ValueNoise = 1;

    /// <summary>And so is one by less than this share of the largest step of the short horizon: bursts come in all sizes.</summary>
    private const double BurstNoise = 0.1;

    /// <summary>A statistic over some values moves by a small part of their step.</summary>
    private const double RollingNoise = 1 / 32.0;

    /// <summary>Values that the usual step remembers.</summary>
    private const int UsualOver = 512;

    /// <summary>A record by half the range, and by several times what the last detection told, is told even while
    /// resting: a small one must not hide the disaster behind it.</summary>
    private const double WakesUp = 0.5;

    private const double WakesUpBy = 4;
    private const double RestShare = 0.065;
    private const int ShortestRest = 40;
    private const int LongestRest = 250;
    private const int LongHorizon = 16_384;
    private const int ShortHorizon = 512;
    private const int FirstBlock = 16;

    private const double MedianWeight = 0.3;
    private const double MeanWeight = 0.7;
    private const double SwingWeight = 0.25;
    private const double ResidualWeight = 0.15;

    /// <summary>Records of the short horizon are common: two fifths of its range count as much as the smallest exceedance of the long one.</summary>
    private const double StepWeight = 0.0175;

    private const int MedianOf = 9;
    private const int MeanOf = 32;
    private const int Freeze = 16;
    private const int Longest = 256;
    private const int ResidualOf = 5;

    /// <summary>How long before a value lies the one whose level is its context.</summary>
    private const int ContextAge = 16;

    private const int Statistics = 7;
    private const int Step = 3;
    private const int Seen = 0;
    private const int LastDetection = 1;
    private const int LastExceedance = 2;
    private const int Used = 3;
    private const int UsualStep = 4;
    private const int Residuals = 5;
    private const int Context = Residuals + ResidualOf;
    private const int Recent = Context + LevelContext.StateLength;
    private const int Ranges = Recent + (2 * Longest);
    private const int StateLength = Ranges + (Statistics * RecordRange.StateLength);

    private readonly double[] _state = new double[StateLength];

    /// <summary>Values seen; missing ones not.</summary>
    public long Count => (long)_state[Seen];

    /// <summary>Takes the next value.</summary>
    /// <param name="value">Any unit. NaN and infinities are missing values: they change nothing.</param>
    /// <returns>0 for nothing new, else x / (1 + x) of the exceedance x: 0.01 for a hundredth of the range, 0.5 for the whole range.</returns>
    public double Add(double value)
    {
        if (!double.IsFinite(value)) return 0;
        Remember(value);
        var row = _state[Seen];
        var doubt = YoungValues / Math.Max(1, row);
        var exceedance = Exceedance() / (1 + (doubt * Math.Sqrt(doubt)));
        _state[Seen]++;
        if (row < WarmUp || exceedance < SmallestExceedance) return 0;
        var rest = Math.Clamp(RestShare * row, ShortestRest, LongestRest);
        var isResting = _state[LastDetection] > 0 && row - _state[LastDetection] < rest;
        if (isResting && exceedance < Math.Max(WakesUp, WakesUpBy * _state[LastExceedance])) return 0;
        _state[LastDetection] = row;
        _state[LastExceedance] = exceedance;
        return exceedance / (1 + exceedance);
    }

    /// <summary>Writes the whole state; a detector that loads it goes on as this one would.</summary>
    /// <param name="destination">At least <see cref="StateBytes"/>.</param>
    /// <exception cref="ArgumentException">Too short.</exception>
    public void Save(Span<byte> destination) => SavedState.Write(Magic, _state, destination);

    /// <param name="source">What <see cref="Save"/> wrote; its wholeness is the keeper's to check.</param>
    /// <exception cref="ArgumentException">Of another length, detector or version.</exception>
    public static NoveltyDetector Load(ReadOnlySpan<byte> source)
    {
        var detector = new NoveltyDetector();
        SavedState.Read(Magic, source, detector._state);
        return detector;
    }

    private void Remember(double value)
    {
        var used = (int)_state[Used];
        if (used == 2 * Longest)
        {
            // The newest values always lie side by side: half the memory is spent on that.
            _state.AsSpan(Recent + Longest, Longest).CopyTo(_state.AsSpan(Recent));
            used = Longest;
        }

        _state[Recent + used] = value;
        _state[Used] = used + 1;
    }

    /// <summary>Largest exceedance of any statistic, each against its own record; every record then takes the new value.</summary>
    private double Exceedance()
    {
        var step = Newest(2) is [var before, var now] ? Math.Abs(now - before) : 0;
        var usual = ValueNoise * _state[UsualStep];
        var noise = usual + (BurstNoise * LargestStep());
        var value = Either(Observe(0, 1, LongHorizon, Newest(1)[0], noise));
        var median = MedianWeight * Either(Observe(1, MedianOf, LongHorizon, Median(Newest(MedianOf)), RollingNoise * noise));
        var mean = MeanWeight * Either(Observe(2, MeanOf, LongHorizon, Mean(Newest(MeanOf)), RollingNoise * noise));
        var jump = StepWeight * Observe(Step, 1, ShortHorizon, step, 0).Above;
        var frozen = Observe(4, Freeze, LongHorizon, Deviation(Freeze), RollingNoise * usual).Below;
        var swing = SwingWeight * Observe(5, Longest, LongHorizon, Deviation(Longest), 0).Below;
        var residual = ResidualWeight * Either(Observe(6, ResidualOf, LongHorizon, Residual(), RollingNoise * noise));
        if (_state[Seen] > 0) _state[UsualStep] += (step - _state[UsualStep]) / Math.Min(_state[Seen], UsualOver);
        return Math.Max(Math.Max(Math.Max(value, median), Math.Max(mean, jump)), Math.Max(Math.Max(frozen, swing), residual));
    }

    /// <summary>Of about the last <see cref="ShortHorizon"/> steps, the newest not among them; 0 before there were two values.</summary>
    private double LargestStep()
    {
        var range = Range(Step, 1, ShortHorizon);
        return range.IsEmpty ? 0 : range.Extremes().High;
    }

    /// <summary>Median of the newest residuals: how far the values are from what usually follows the level of a while ago.</summary>
    private double Residual()
    {
        var residuals = _state.AsSpan(Residuals, ResidualOf);
        var context = new LevelContext(_state.AsSpan(Context, LevelContext.StateLength));
        var newest = Newest(ContextAge + 1);
        residuals[1..].CopyTo(residuals);
        residuals[^1] = newest.Length > ContextAge ? context.Residual(newest[0], newest[^1]) : 0;
        context.Add(newest[^1]);
        return Median(residuals);
    }

    private static double Either((double Below, double Above) exceedance) => Math.Max(exceedance.Below, exceedance.Above);

    /// <summary>The newest values, fewer at the start.</summary>
    private ReadOnlySpan<double> Newest(int length)
    {
        var used = (int)_state[Used];
        length = Math.Min(length, used);
        return _state.AsSpan(Recent + used - length, length);
    }

    private static double Mean(ReadOnlySpan<double> values) => TensorPrimitives.Sum(values) / values.Length;

    /// <summary>A level that single spikes do not move.</summary>
    /// <param name="values">1 to <see cref="MedianOf"/>.</param>
    private static double Median(ReadOnlySpan<double> values)
    {
        Span<double> sorted = stackalloc double[MedianOf];
        values.CopyTo(sorted);
        sorted = sorted[..values.Length];
        sorted.Sort();
        return sorted[sorted.Length / 2];
    }

    /// <summary>Population deviation, in two passes, so that a large offset costs no digits.</summary>
    private double Deviation(int length)
    {
        var newest = Newest(length);
        var mean = Mean(newest);
        var sum = 0.0;
        foreach (var value in newest) sum += (value - mean) * (value - mean);
        return Math.Sqrt(sum / newest.Length);
    }

    /// <summary>How far a statistic lies beyond its record and the noise, in ranges; 0 within it and before two windows have been seen.</summary>
    private (double Below, double Above) Observe(int index, int length, int horizon, double value, double noise)
    {
        var row = _state[Seen];
        if (row < length || !double.IsFinite(value)) return default;
        var range = Range(index, length, horizon);
        var result = (Below: 0.0, Above: 0.0);
        if (row >= 2 * length && !range.IsEmpty)
        {
            var (low, high) = range.Extremes();
            // Below this a double shows rounding only.
            var isSilent = high - low <= (1e-9 * Math.Abs(high)) + 1e-12;
            if (value > high + noise) result.Above = isSilent ? AfterSilence : (value - high - noise) / (high - low);
            if (value < low - noise) result.Below = isSilent ? AfterSilence : (low - value - noise) / (high - low);
        }

        range.Add(value);
        return result;
    }

    private RecordRange Range(int index, int length, int horizon) =>
        new(_state.AsSpan(Ranges + (index * RecordRange.StateLength), RecordRange.StateLength), Math.Max(FirstBlock, length), horizon);
}
