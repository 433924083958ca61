namespace Edge.Agent.Perception.Windows;

/// <summary>The newest frames of a run, one ring per channel, and the run's first rows. Preallocated;
/// models and rules that come later find their windows here.</summary>
internal sealed class FrameHistory
{
    private readonly float[] _values;
    private readonly long[] _timestamps;
    private readonly float[] _calibration;

    // Of each channel that is missing now.
    private readonly long[] _lastSeenUs;
    private readonly long _maxGapUs;
    private readonly int _maxCalibrationRows;
    private int _restoredRows;

    // Where the next frame goes: Frames mod Capacity, without the division.
    private int _next;

    public FrameHistory(int channels, WindowOptions options)
    {
        Channels = channels;
        Capacity = options.HistoryFrames;
        _maxGapUs = (long)options.MaxGap.TotalMicroseconds;
        _maxCalibrationRows = options.MaxCalibrationRows;
        _values = new float[channels * Capacity];
        _timestamps = new long[Capacity];
        _calibration = new float[channels * _maxCalibrationRows];
        _lastSeenUs = new long[channels];
        LastValue = new float[channels];
        StartRun();
    }

    public int Channels { get; }

    public int Capacity { get; }

    public int MaxCalibrationRows => _maxCalibrationRows;

    /// <summary>Frames of the run so far.</summary>
    public long Frames { get; private set; }

    /// <summary>Rows that may be taken as healthy so far: those restored from before a restart, then the run's
    /// own; <see cref="MaxCalibrationRows"/> of them are kept.</summary>
    public long HealthyRows => _restoredRows + Frames;

    /// <summary>Frames since the run began or since the last gap longer than the limit: what a window may span.</summary>
    public long Contiguous { get; private set; }

    /// <summary>Gaps longer than the limit, in all runs.</summary>
    public long Gaps { get; private set; }

    /// <summary>Event time of the newest frame; the run's start before the first.</summary>
    public long NewestUs { get; private set; }

    /// <summary>Newest frame; NaN where missing.</summary>
    public float[] LastValue { get; }

    /// <param name="healthy">Healthy rows that the run has already, shape (N, C), row-major; those
    /// beyond <see cref="MaxCalibrationRows"/> are left out.</param>
    public void StartRun(ReadOnlySpan<float> healthy = default)
    {
        _restoredRows = Math.Min(healthy.Length / Channels, _maxCalibrationRows);
        healthy[..(_restoredRows * Channels)].CopyTo(_calibration);
        Frames = 0;
        _next = 0;
        Contiguous = 0;
        NewestUs = long.MinValue;
        Array.Fill(_lastSeenUs, long.MinValue);
        Array.Fill(LastValue, float.NaN);
    }

    /// <summary>Windows begin anew; the run and its calibration rows stay.</summary>
    public void Break()
    {
        Gaps++;
        Contiguous = 0;
    }

    public void Add(long timestampUs, ReadOnlySpan<float> values)
    {
        if (Frames > 0 && timestampUs - NewestUs > _maxGapUs) Break();
        var slot = _next;
        _next = slot + 1 == Capacity ? 0 : slot + 1;
        _timestamps[slot] = timestampUs;
        var rings = _values;
        for (int channel = 0, at = slot; channel < values.Length; channel++, at += Capacity)
        {
            rings[at] = values[channel];
            if (float.IsNaN(values[channel]) && !float.IsNaN(LastValue[channel])) _lastSeenUs[channel] = NewestUs;
        }

        values.CopyTo(LastValue);
        if (HealthyRows < _maxCalibrationRows) values.CopyTo(_calibration.AsSpan((int)HealthyRows * Channels));
        Frames++;
        Contiguous++;
        NewestUs = timestampUs;
    }

    /// <summary>Event time of the frame <paramref name="back"/> frames before the newest one.</summary>
    public long TimestampUs(int back) => _timestamps[(int)((Frames - 1 - back) % Capacity)];

    /// <summary>Event time of a channel's newest value that was not missing; <see cref="long.MinValue"/> if it had none in this run.</summary>
    public long LastSeenUs(int channel) => float.IsNaN(LastValue[channel]) ? _lastSeenUs[channel] : NewestUs;

    /// <summary>The newest <paramref name="length"/> values of a channel, oldest first, in one or two pieces.</summary>
    public void Tail(int channel, int length, out ReadOnlySpan<float> older, out ReadOnlySpan<float> newer) =>
        Pieces(channel, length <= _next ? _next - length : _next - length + Capacity, length, out older, out newer);

    /// <summary>The values of a channel from a frame on, oldest first, in one or two pieces.</summary>
    /// <param name="from">Index of the frame in the run; it and those behind it are among the newest <see cref="Capacity"/>.</param>
    public void Stretch(int channel, long from, int length, out ReadOnlySpan<float> older, out ReadOnlySpan<float> newer) =>
        Pieces(channel, (int)(from % Capacity), length, out older, out newer);

    /// <summary>The first healthy rows, shape (rows, C), row-major; at most those there are.</summary>
    public ReadOnlySpan<float> FirstRows(int rows) => _calibration.AsSpan(0, rows * Channels);

    /// <summary>Copies the first healthy rows, shape (rows, channels.Length), row-major, picking channels in the given order.</summary>
    public void CopyCalibrationRows(int rows, ReadOnlySpan<int> channels, Span<float> output)
    {
        for (var row = 0; row < rows; row++)
        {
            for (var i = 0; i < channels.Length; i++) output[(row * channels.Length) + i] = _calibration[(row * Channels) + channels[i]];
        }
    }

    private void Pieces(int channel, int start, int length, out ReadOnlySpan<float> older, out ReadOnlySpan<float> newer)
    {
        var ring = _values.AsSpan(channel * Capacity, Capacity);
        older = ring.Slice(start, Math.Min(length, Capacity - start));
        newer = ring[..(length - older.Length)];
    }
}
