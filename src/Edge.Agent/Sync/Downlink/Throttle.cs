namespace Edge.Agent.Sync.Downlink;

/// <summary>Keeps what is read to so many bytes a second, a second's worth at once at most. One reader.</summary>
/// <param name="bytesPerSecond">0: no bound.</param>
internal sealed class Throttle(long bytesPerSecond, TimeProvider time)
{
    private const int Buffer = 64 * 1024;

    private readonly long _started = time.GetTimestamp();
    private double _taken;

    /// <summary>Bytes to ask for in one read.</summary>
    public int ReadBytes { get; } = bytesPerSecond == 0 ? Buffer : (int)Math.Min(Buffer, bytesPerSecond);

    /// <summary>Waits until so many more bytes are within the bound.</summary>
    public async Task TakenAsync(int bytes, CancellationToken ct)
    {
        if (bytesPerSecond == 0) return;
        _taken += bytes;
        var ahead = TimeSpan.FromSeconds(_taken / bytesPerSecond) - time.GetElapsedTime(_started);
        if (ahead > TimeSpan.Zero) await Task.Delay(ahead, time, ct);
    }
}
