namespace Edge.Sensors.Replay;

/// <summary>Lays recorded times on the event-time axis: gaps inside a file stay, files follow each other. Pure.</summary>
internal sealed class ReplayTimeline(long? startUs, long pauseUs, long periodUs)
{
    private long? _nextFileUs = startUs;
    private long _shiftUs;
    private long _lastUs;

    /// <summary>From now on files follow the one before, also where the recorded times were kept so far.</summary>
    public void ContinueFromHere() => _nextFileUs ??= _lastUs + periodUs + pauseUs;

    /// <summary>Event time of a file's first row.</summary>
    public long StartFile(long recordedUs)
    {
        _shiftUs = _nextFileUs is { } at ? at - recordedUs : 0;
        return Place(recordedUs);
    }

    public long Place(long recordedUs) => _lastUs = recordedUs + _shiftUs;

    /// <summary>The file has ended; returns the event time of its last row.</summary>
    public long EndFile()
    {
        if (_nextFileUs is not null) _nextFileUs = _lastUs + periodUs + pauseUs;
        return _lastUs;
    }
}
