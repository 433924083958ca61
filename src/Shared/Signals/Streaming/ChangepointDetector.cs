using System.Numerics.Tensors;

namespace Hmas.Signals.Streaming;

/// <summary>Changes of state in several channels, row by row: the mean of the newest rows against the mean of the rows before them.</summary>
/// <remarks>
/// The shift of each channel counts in units of what such shifts are while the machine is healthy (their
/// median magnitude over calibration rows, as a deviation), so that a drift
/// that is always there is no change. The largest channel decides. A change that lasts is told again
/// after a rest: a transition that goes on is a second change.
/// Source: two-sample test of adjacent sliding windows (Basseville and Nikiforov 1993, 2.1). No look-ahead,
/// no clock. One thread at a time; no allocation after calibration.
/// </remarks>
public sealed class ChangepointDetector
{
    /// <summary>Rows in the newest mean.</summary>
    public const int Recent = 10;

    /// <summary>Rows before them in the mean they are held against.</summary>
    public const int Reference = 60;

    /// <summary>Shift that is a change, in healthy deviations.</summary>
    private const double Threshold = 4;

    /// <summary>Rows without a second answer.</summary>
    private const int Rest = 20;

    /// <summary>A healthy deviation is at least this share of the deviation that independent rows would give the newest mean.</summary>
    private const double SmallestShare = 0.5;

    /// <summary>Makes the median magnitude of a centred normal value its deviation: 1 / Φ⁻¹(3/4).</summary>
    private const double MedianToDeviation = 1.4826;

    /// <summary>"HCHG", then the version of the layout.</summary>
    private const ulong Magic = 0x0000_0001_4748_4348;

    private const int Seen = 0;
    private const int SinceAnswer = 1;
    private const int Newest = 2;
    private const int Scales = 3;
    private const int Held = Recent + Reference;

    private readonly int _channels;
    private readonly double[] _state;

    /// <param name="channels">At least 1.</param>
    public ChangepointDetector(int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        _channels = channels;
        _state = new double[Scales + (channels * (1 + Held))];
        _state[SinceAnswer] = Rest;
    }

    /// <summary>Bytes of <see cref="Save"/>: 8 for the layout, 24, and 568 a channel.</summary>
    public int StateBytes => SavedState.Bytes(_state.Length);

    private Span<double> Scale => _state.AsSpan(Scales, _channels);

    /// <summary>Takes the healthy shifts from rows of normal running, forgets what came before, and goes on from their last row.</summary>
    /// <param name="rows">Shape (N, C), row-major, N more than <see cref="Recent"/> + <see cref="Reference"/>. NaN
    /// and infinities are missing: the channel keeps its last value.</param>
    /// <exception cref="ArgumentException">Too few rows, or no multiple of the channels.</exception>
    public void Calibrate(ReadOnlySpan<float> rows)
    {
        var count = rows.Length / _channels;
        if (rows.Length % _channels != 0 || count <= Held)
            throw new ArgumentException($"{rows.Length} values are not more than {Held} rows of {_channels} channels.", nameof(rows));
        _state.AsSpan().Clear();
        _state[SinceAnswer] = Rest;
        var shifts = new float[count - Held];
        var values = new float[count];
        Span<double> shift = new double[_channels];
        var all = new float[shifts.Length * _channels];
        for (var row = 0; row < count; row++)
        {
            Remember(rows.Slice(row * _channels, _channels));
            if (row < Held) continue;
            Shifts(shift);
            for (var c = 0; c < _channels; c++) all[(c * shifts.Length) + row - Held] = (float)Math.Abs(shift[c]);
        }

        for (var c = 0; c < _channels; c++)
        {
            for (var row = 0; row < count; row++) values[row] = float.IsFinite(rows[(row * _channels) + c]) ? rows[(row * _channels) + c] : 0;
            var (mean, deviation) = Statistics.MeanAndDeviation(values);
            var typical = MedianToDeviation * Statistics.MedianInPlace(all.AsSpan(c * shifts.Length, shifts.Length));
            // The last term keeps a constant channel finite.
            Scale[c] = Math.Max(typical, SmallestShare * deviation / Math.Sqrt(Recent)) + (1e-9 * Math.Abs(mean)) + double.Epsilon;
        }
    }

    /// <summary>Takes the next row.</summary>
    /// <param name="row">Shape (C,); NaN and infinities are missing.</param>
    /// <returns>0 for no change, else the largest shift in healthy deviations.</returns>
    /// <exception cref="InvalidOperationException">Not calibrated.</exception>
    /// <exception cref="ArgumentException">Another number of channels.</exception>
    public double Add(ReadOnlySpan<float> row)
    {
        if (_state[Seen] < Held) throw new InvalidOperationException("The changepoint detector is not calibrated on this run.");
        if (row.Length != _channels) throw new ArgumentException($"{row.Length} values are not one of each of {_channels} channels.", nameof(row));
        Remember(row);
        _state[SinceAnswer] = Math.Min(Rest, _state[SinceAnswer] + 1);
        if (_state[SinceAnswer] < Rest) return 0;
        var largest = 0.0;
        for (var c = 0; c < _channels; c++) largest = Math.Max(largest, Math.Abs(Shift(c)) / Scale[c]);
        if (largest <= Threshold) return 0;
        _state[SinceAnswer] = 0;
        return largest;
    }

    /// <summary>Writes the whole state; a detector that loads it goes on as this one would.</summary>
    /// <param name="destination">At least <see cref="StateBytes"/>.</param>
    /// <exception cref="ArgumentException">Too short.</exception>
    public void Save(Span<byte> destination) => SavedState.Write(Magic, _state, destination);

    /// <param name="source">What <see cref="Save"/> of a detector of as many channels wrote; its wholeness is the keeper's to check.</param>
    /// <exception cref="ArgumentException">Of another length, detector or version.</exception>
    public void Load(ReadOnlySpan<byte> source) => SavedState.Read(Magic, source, _state);

    private void Remember(ReadOnlySpan<float> row)
    {
        var before = (int)_state[Newest];
        var place = (before + 1) % Held;
        for (var c = 0; c < _channels; c++)
        {
            var channel = Channel(c);
            channel[place] = float.IsFinite(row[c]) ? row[c] : channel[before];
        }

        _state[Newest] = place;
        _state[Seen] = Math.Min(Held, _state[Seen] + 1);
    }

    private void Shifts(Span<double> shifts)
    {
        for (var c = 0; c < _channels; c++) shifts[c] = Shift(c);
    }

    /// <summary>Mean of the newest rows minus mean of those before.</summary>
    private double Shift(int channel)
    {
        var values = Channel(channel);
        var sum = 0.0;
        var place = (int)_state[Newest];
        for (var i = 0; i < Recent; i++)
        {
            sum += values[place];
            place = place == 0 ? Held - 1 : place - 1;
        }

        return (sum / Recent) - ((TensorPrimitives.Sum<double>(values) - sum) / Reference);
    }

    private Span<double> Channel(int channel) => _state.AsSpan(Scales + _channels + (channel * Held), Held);
}
