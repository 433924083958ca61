using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>Feeds systemd's watchdog while every heart beats; when one is overdue it says so and
/// stays silent, and systemd starts the agent anew.</summary>
internal sealed class WatchdogLoop(IReadOnlyList<Heart> hearts, SystemdNotifier systemd, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan WithoutWatchdog = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken ct)
    {
        // Twice per interval, as sd_watchdog_enabled(3) advises.
        using var timer = new PeriodicTimer(systemd.WatchdogInterval / 2 ?? WithoutWatchdog, time);
        string? stuck = null;
        while (await timer.WaitForNextTickAsync(ct))
        {
            var overdue = hearts.FirstOrDefault(heart => heart.IsOverdue)?.Loop;
            if (overdue is null) systemd.Alive();
            else if (overdue != stuck) logger.LoopStuck(overdue);
            stuck = overdue;
        }
    }
}
