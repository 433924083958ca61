using Hmas.Contracts.Sensing;

namespace Edge.Agent.Perception.Windows;

/// <summary>Aligns the samples of a device to frames, one row of all channels per 1/rate. Pure: event
/// time is the only clock. No allocation per sample.</summary>
/// <remarks>
/// A bucket is one period wide and centred on multiples of the period since the run's first sample, so jitter of half a period moves nothing.
/// A frame leaves when all channels are there and no older frame waits, or when a sample newer by the lateness arrives.
/// Samples that come as whole rows, as those of most sensors do, pass without being kept.
/// </remarks>
internal sealed class FrameAssembler
{
    private const int MaxOpenFrames = 4096;

    private readonly int _channels;
    private readonly double _periodUs;
    private readonly long _maxGapUs;
    private readonly int _capacity;
    private readonly IFrameSink _sink;
    private readonly float[] _row;

    // Ring of open frames.
    private readonly float[] _values;
    private readonly bool[] _seen;
    private readonly long[] _timestamps;
    private readonly int[] _present;
    private long _originUs;
    private long _oldest;
    private int _oldestSlot;
    private long _newest;
    private bool _started;

    // Where the sample before went: the channels of a row share a timestamp. -1: its frame has left.
    private int _lastSlot = -1;
    private long _lastUs;

    public FrameAssembler(int channels, double rateHz, WindowOptions options, IFrameSink sink)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (!double.IsFinite(rateHz) || rateHz <= 0) throw new ArgumentOutOfRangeException(nameof(rateHz), rateHz, "must be above 0");
        _channels = channels;
        _periodUs = 1e6 / rateHz;
        _maxGapUs = (long)options.MaxGap.TotalMicroseconds;
        var open = (options.Lateness.TotalMicroseconds / _periodUs) + 1;
        _capacity = open <= MaxOpenFrames
            ? (int)open : throw new ArgumentException($"Lateness: {options.Lateness} at {rateHz} Hz keeps more than {MaxOpenFrames} frames open");
        _sink = sink;
        _row = new float[channels];
        _values = new float[_capacity * channels];
        Array.Fill(_values, float.NaN);
        _seen = new bool[_capacity * channels];
        _timestamps = new long[_capacity];
        _present = new int[_capacity];
    }

    public long Samples { get; private set; }

    /// <summary>Samples whose frame had left already.</summary>
    public long LateSamples { get; private set; }

    /// <summary>Values absent from frames that left, and values that were NaN.</summary>
    public long MissingValues { get; private set; }

    /// <summary>Samples that named no channel of the device.</summary>
    public long UnknownChannels { get; private set; }

    public long Frames { get; private set; }

    public long ClockJumps { get; private set; }

    public void Add(ReadOnlySpan<Sample> samples)
    {
        while (!samples.IsEmpty)
        {
            if (TryAddRow(samples))
            {
                samples = samples[_channels..];
                continue;
            }

            AddOne(samples[0]);
            samples = samples[1..];
        }
    }

    /// <summary>Emits every open frame: the run has ended.</summary>
    public void Flush()
    {
        if (!_started) return;
        while (_oldest <= _newest) EmitOldest();
        _started = false;
    }

    /// <summary>A sample of each channel, in their order and of one time, while no frame is open: a whole frame.</summary>
    private bool TryAddRow(ReadOnlySpan<Sample> samples)
    {
        if (_oldest <= _newest || !_started || samples.Length < _channels) return false;
        samples = samples[.._channels];
        var row = _row;
        var timestampUs = samples[0].TimestampUs;
        var missing = 0;
        for (var channel = 0; channel < samples.Length; channel++)
        {
            ref readonly var sample = ref samples[channel];
            if (sample.Channel != channel || sample.TimestampUs != timestampUs) return false;
            var value = sample.Value;
            row[channel] = value;
            if (float.IsNaN(value)) missing++;
        }

        var bucket = BucketOf(timestampUs);
        if (bucket < _oldest) return false;
        (_newest, _oldest) = (bucket, bucket + 1);
        Samples += _channels;
        MissingValues += missing;
        Frames++;
        _sink.OnFrame(timestampUs, row);
        return true;
    }

    private void AddOne(Sample sample)
    {
        Samples++;
        if (sample.Channel >= _channels)
        {
            UnknownChannels++;
            return;
        }

        var slot = _lastSlot >= 0 && sample.TimestampUs == _lastUs ? _lastSlot : SlotOf(sample.TimestampUs);
        if (slot < 0)
        {
            LateSamples++;
            return;
        }

        (_lastSlot, _lastUs) = (slot, sample.TimestampUs);
        var at = (slot * _channels) + sample.Channel;
        if (_present[slot] == 0) _timestamps[slot] = sample.TimestampUs;
        if (!_seen[at])
        {
            _seen[at] = true;
            _present[slot]++;
        }

        _values[at] = sample.Value;
        if (_present[slot] == _channels) EmitComplete();
    }

    private void Start(long timestampUs)
    {
        _originUs = timestampUs;
        _oldest = 0;
        _newest = 0;
        _started = true;
    }

    /// <summary>Opens the frame of this time; negative: it has left already.</summary>
    private int SlotOf(long timestampUs)
    {
        if (!_started) Start(timestampUs);
        var bucket = BucketOf(timestampUs);
        if (bucket < _oldest)
        {
            if ((_oldest - bucket) * _periodUs <= _maxGapUs) return -1;
            JumpBack(timestampUs);
            bucket = 0;
        }

        if (bucket > _newest) Advance(bucket);
        return SlotOfBucket(bucket);
    }

    /// <param name="bucket">From the oldest on, less than a round of the ring.</param>
    private int SlotOfBucket(long bucket)
    {
        var slot = _oldestSlot + (int)(bucket - _oldest);
        return slot < _capacity ? slot : slot - _capacity;
    }

    private long BucketOf(long timestampUs) => (long)Math.Floor(((timestampUs - _originUs) / _periodUs) + 0.5);

    private void JumpBack(long toUs)
    {
        var fromUs = _originUs + (long)(_newest * _periodUs);
        Flush();
        ClockJumps++;
        _sink.OnClockJump(fromUs, toUs);
        Start(toUs);
    }

    private void Advance(long bucket)
    {
        // What is older than the lateness must leave, complete or not; a wide gap needs no walk through its empty buckets.
        while (_oldest <= _newest && bucket - _oldest >= _capacity) EmitOldest();
        if (bucket - _oldest >= _capacity) _oldest = bucket;
        _newest = bucket;
    }

    // Empty buckets hold nobody up: a recording that skips a second is not late by it.
    private void EmitComplete()
    {
        while (_oldest <= _newest)
        {
            var present = _present[_oldestSlot];
            if (present == 0 ? !LaterIsComplete() : present < _channels) return;
            EmitOldest();
        }
    }

    private bool LaterIsComplete()
    {
        for (var bucket = _oldest + 1; bucket <= _newest; bucket++)
        {
            var present = _present[SlotOfBucket(bucket)];
            if (present > 0) return present == _channels;
        }

        return false;
    }

    private void EmitOldest()
    {
        var slot = _oldestSlot;
        _oldestSlot = SlotOfBucket(_oldest + 1);
        _oldest++;
        _lastSlot = -1;
        if (_present[slot] == 0) return;
        var values = _values.AsSpan(slot * _channels, _channels);
        foreach (var value in values)
        {
            if (float.IsNaN(value)) MissingValues++;
        }

        Frames++;
        _sink.OnFrame(_timestamps[slot], values);
        values.Fill(float.NaN);
        _seen.AsSpan(slot * _channels, _channels).Clear();
        _present[slot] = 0;
    }
}
