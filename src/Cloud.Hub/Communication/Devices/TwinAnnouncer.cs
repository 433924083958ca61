namespace Cloud.Hub.Communication.Devices;

/// <summary>Publishes desired states that were written for many devices at once: they are on disk, and
/// whoever ordered them does not wait for the broker.</summary>
/// <remarks>What is not published when the hub stops is published when it starts again, as every desired state
/// is. A device waits here once, so no more than the fleet does.</remarks>
internal sealed class TwinAnnouncer(DesiredStates states, TwinPublisher publisher) : BackgroundService
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private readonly Queue<string> _waiting = new();
    private readonly SemaphoreSlim _some = new(0);

    public void Announce(IEnumerable<string> deviceIds)
    {
        lock (_lock)
        {
            foreach (var deviceId in deviceIds)
            {
                if (_named.Add(deviceId)) _waiting.Enqueue(deviceId);
            }
        }

        _some.Release();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await states.DropUnusedAsync(stoppingToken);
            while (true)
            {
                await _some.WaitAsync(stoppingToken);
                while (Next() is { } deviceId) await publisher.PublishAsync(deviceId, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Null: nobody waits.</summary>
    private string? Next()
    {
        lock (_lock)
        {
            // It is read after that: a change that comes meanwhile is announced again.
            if (_waiting.TryDequeue(out var deviceId)) _named.Remove(deviceId);
            return deviceId;
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _some.Dispose();
    }
}
