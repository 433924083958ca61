namespace Edge.Agent.Perception.Windows;

/// <summary>The last T frames of chosen channels as one (C, T) row-major buffer, every stride frames. A view of
/// the history: it answers at once when enough frames are there.</summary>
internal sealed class WindowBuilder
{
    private readonly FrameHistory _history;
    private readonly int[] _channels;
    private readonly float[] _buffer;

    public WindowBuilder(FrameHistory history, ReadOnlySpan<int> channels, int length, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, history.Capacity);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        _history = history;
        _channels = channels.ToArray();
        _buffer = new float[_channels.Length * length];
        Length = length;
        Stride = stride;
    }

    public int Length { get; }

    public int Stride { get; }

    public int ChannelCount => _channels.Length;

    public ReadOnlySpan<int> Channels => _channels;

    /// <summary>Fewer frames than a window since the run began or the last gap.</summary>
    public bool IsWarming => _history.Contiguous < Length;

    /// <summary>A window ends with the newest frame: strides are counted from the first full one, so
    /// every model of one stride answers on the same frames.</summary>
    public bool IsDue => !IsWarming && (Stride == 1 || (_history.Contiguous - Length) % Stride == 0);

    /// <summary>Event time of the first row of the window that ends now.</summary>
    public long StartUs => _history.TimestampUs(Length - 1);

    /// <summary>Shape (C, T); valid until the next call.</summary>
    public ReadOnlySpan<float> Build()
    {
        var target = _buffer.AsSpan();
        for (var i = 0; i < _channels.Length; i++)
        {
            _history.Tail(_channels[i], Length, out var older, out var newer);
            var row = target.Slice(i * Length, Length);
            older.CopyTo(row);
            newer.CopyTo(row[older.Length..]);
        }

        return _buffer;
    }
}
