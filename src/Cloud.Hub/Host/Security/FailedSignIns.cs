using System.Collections.Concurrent;

namespace Cloud.Hub.Host.Security;

/// <summary>Counts wrong credentials per address and minute, so that guessing is slow.</summary>
internal sealed class FailedSignIns(HubOptions options, TimeProvider time)
{
    /// <summary>Past this many addresses the table is emptied: it bounds memory, and an attacker with that
    /// many addresses gains one minute's attempts each.</summary>
    private const int MaxAddresses = 100_000;

    private readonly ConcurrentDictionary<string, (long Minute, int Count)> _counts = new();

    public bool IsBlocked(string address) =>
        _counts.TryGetValue(address, out var seen) && seen.Minute == Minute() && seen.Count >= options.Limits.FailedSignInsPerMinute;

    public void Count(string address)
    {
        if (_counts.Count > MaxAddresses) _counts.Clear();
        var minute = Minute();
        _counts.AddOrUpdate(address, (minute, 1), (_, seen) => seen.Minute == minute ? (minute, seen.Count + 1) : (minute, 1));
    }

    private long Minute() => time.GetUtcNow().ToUnixTimeSeconds() / 60;
}
