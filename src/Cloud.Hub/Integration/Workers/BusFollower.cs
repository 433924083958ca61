using Cloud.Hub.Bus;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Integration.Domain;
using Hmas.Contracts.Wire;

namespace Cloud.Hub.Integration.Workers;

/// <summary>One loop over the bus that keeps what the front shows: points, stages, the newest alarmed windows.</summary>
internal sealed class BusFollower : BackgroundService, ITroubled
{
    private readonly EventBus.Subscription _subscription;
    private readonly TelemetryCache _telemetry;
    private readonly LatestAlarmWindows _alarmed;
    private readonly TimeProvider _time;
    private readonly ILogger<BusFollower> _logger;
    private volatile LoopStages _stages = LoopStages.Start;
    private long _lagged;

    /// <summary>How long a loss is worth telling.</summary>
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(1);

    public BusFollower(EventBus bus, TelemetryCache telemetry, LatestAlarmWindows alarmed, TimeProvider time, ILogger<BusFollower> logger)
    {
        // Subscribed before any worker starts, so that nothing said at start is missed.
        _subscription = bus.Subscribe("integration", static _ => true);
        _telemetry = telemetry;
        _alarmed = alarmed;
        _time = time;
        _logger = logger;
    }

    public string? Trouble =>
        Interlocked.Read(ref _lagged) is var at and not 0 && _time.GetElapsedTime(at) < Lately
            ? "events were lost in the last minute: the front may show less than there was" : null;

    public LoopStages Stages => _stages;

    public override void Dispose()
    {
        _subscription.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long dropped = 0;
        await foreach (var happened in _subscription.Events.ReadAllAsync(stoppingToken))
        {
            Follow(happened);
            if (_subscription.Dropped == dropped) continue;
            _logger.FollowingLagged(_subscription.Dropped - dropped);
            dropped = _subscription.Dropped;
            Interlocked.Exchange(ref _lagged, _time.GetTimestamp());
        }
    }

    private void Follow(HubEvent happened)
    {
        _stages = _stages.After(happened, _time.GetUtcNow());
        switch (happened)
        {
            case TelemetryReceived telemetry:
                _telemetry.Add(telemetry.DeviceId, telemetry.Batch);
                break;
            case FactsStored { Batch: var batch }:
                try
                {
                    _alarmed.Add(batch);
                }
                catch (WireFormatException e)
                {
                    _logger.UnreadableExperience(batch.LastSequence, batch.DeviceId, e.Message);
                }

                break;
        }
    }
}
