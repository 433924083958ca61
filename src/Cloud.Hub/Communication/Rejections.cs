using System.Collections.Concurrent;

namespace Cloud.Hub.Communication;

/// <summary>Counts what was not taken, by reason, and logs it at most once a minute and device, so
/// that a device gone mad does not fill the disk.</summary>
internal sealed class Rejections(CommunicationMetrics metrics, TimeProvider time, ILogger<Rejections> logger)
{
    public const string Unknown = "unknown";

    private const int MostRemembered = 10_000;
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<(string Device, RejectionReason Reason), long> _logged = new();

    /// <param name="deviceId">An enrolled device, or <see cref="Unknown"/>: never a name from outside.</param>
    /// <param name="detail">From outside; cut and cleaned before it is logged.</param>
    public void Count(RejectionReason reason, string deviceId, string detail)
    {
        metrics.Rejected(reason);
        if (_logged.TryGetValue((deviceId, reason), out var last) && time.GetElapsedTime(last) < Quiet) return;
        if (_logged.Count >= MostRemembered) _logged.Clear();
        _logged[(deviceId, reason)] = time.GetTimestamp();
        logger.Rejected(reason, deviceId, Clean(detail));
    }

    private static string Clean(string detail)
    {
        return new string([.. detail.Take(200).Select(static c => char.IsControl(c) ? '?' : c)]);
    }
}
