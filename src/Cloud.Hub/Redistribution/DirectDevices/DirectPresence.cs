using System.Collections.Concurrent;
using Cloud.Hub.Communication.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Twins;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>A polling device is online while it polls: three intervals without a word, and it is not.</summary>
internal sealed class DirectPresence(IDeviceReports reports, IOptions<RedistributionOptions> options, TimeProvider time) : BackgroundService
{
    private const int MissedPolls = 3;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _seen = new();
    private readonly string _bootId = $"hub-{time.GetUtcNow().ToUnixTimeMilliseconds()}";

    public async Task SeenAsync(string deviceId, CancellationToken cancellation)
    {
        var isNew = !_seen.ContainsKey(deviceId);
        _seen[deviceId] = time.GetUtcNow();
        if (isNew) await TellAsync(deviceId, online: true, cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.DirectPolling, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var (deviceId, at) in _seen)
            {
                if (time.GetUtcNow() - at < MissedPolls * options.Value.DirectPolling
                    || !_seen.TryRemove(new KeyValuePair<string, DateTimeOffset>(deviceId, at)))
                    continue;
                await TellAsync(deviceId, online: false, stoppingToken);
            }
        }
    }

    /// <summary>A session is the time between two silences; it grows like a clock does.</summary>
    private Task TellAsync(string deviceId, bool online, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var us = now.ToUnixMicroseconds();
        return reports.HeardAsync(deviceId, new Presence(online, us, _bootId, us), cancellation);
    }
}
