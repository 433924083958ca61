using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Cloud.Hub.Communication.Devices;

/// <summary>Publishes desired states that were written for many devices at once: they are on disk, and
/// whoever ordered them does not wait for the broker.</summary>
/// <remarks>What is not published when the hub stops is published when it starts again, as every desired state
/// is. A device waits here once, so no more than the fleet does.</remarks>
internal sealed class TwinAnnouncer(DesiredStates states, TwinPublisher publisher) : BackgroundService
{
    private readonly ConcurrentDictionary<string, bool> _named = new(StringComparer.Ordinal);
    private readonly Channel<string> _waiting = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });

    public void Announce(IEnumerable<string> deviceIds)
    {
        foreach (var deviceId in deviceIds)
        {
            if (_named.TryAdd(deviceId, true)) _waiting.Writer.TryWrite(deviceId);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await states.DropUnusedAsync(stoppingToken);
            await foreach (var deviceId in _waiting.Reader.ReadAllAsync(stoppingToken))
            {
                // Before it is read: a change that comes meanwhile is announced again.
                _named.TryRemove(deviceId, out _);
                await publisher.PublishAsync(deviceId, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }
}
