namespace Cloud.Hub.Redistribution.Rollouts.Pace;

/// <summary>What devices may be told to fetch: a token bucket that may run into debt, so that a package larger than a second's
/// worth goes out too and is waited off.</summary>
internal sealed class FleetBandwidth(RedistributionOptions options)
{
    private readonly long _bytesPerSecond = options.BytesPerSecond;

    /// <summary>What is saved up at most: the worth of the time between two looks.</summary>
    private readonly double _most = options.BytesPerSecond * Math.Max(1, options.LookInterval.TotalSeconds);

    private DateTimeOffset? _since;
    private double _left;

    /// <summary>Bytes that may still be told now; 0: none; <see cref="long.MaxValue"/> without a limit.</summary>
    public long Left(DateTimeOffset now)
    {
        if (_bytesPerSecond == 0) return long.MaxValue;
        _left = _since is { } since ? Math.Min(_most, _left + ((now - since).TotalSeconds * _bytesPerSecond)) : _most;
        _since = now;
        return (long)Math.Max(0, _left);
    }

    public void Spend(long bytes) => _left -= bytes;
}
