namespace Cloud.Hub.Communication.Broker;

/// <summary>Two token buckets, messages and bytes, each a second deep. Pure: time comes in. Not
/// thread-safe: a connection is read by one loop.</summary>
internal sealed class PublishAllowance(int messagesPerSecond, int bytesPerSecond, TimeSpan now)
{
    private double _messages = messagesPerSecond;
    private double _bytes = bytesPerSecond;
    private TimeSpan _last = now;

    /// <summary>Takes one message from the buckets and says how long to hold the line until they are no longer in debt.</summary>
    public TimeSpan Take(int bytes, TimeSpan now)
    {
        var seconds = Math.Max(0, (now - _last).TotalSeconds);
        _last = now;
        _messages = Math.Min(messagesPerSecond, _messages + (seconds * messagesPerSecond)) - 1;
        _bytes = Math.Min(bytesPerSecond, _bytes + (seconds * bytesPerSecond)) - bytes;
        var wait = Math.Max(-_messages / messagesPerSecond, -_bytes / bytesPerSecond);
        return wait > 0 ? TimeSpan.FromSeconds(wait) : TimeSpan.Zero;
    }
}
