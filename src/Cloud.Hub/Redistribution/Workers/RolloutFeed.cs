using Cloud.Hub.Bus;
using Cloud.Hub.Redistribution.Rollouts;

namespace Cloud.Hub.Redistribution.Workers;

/// <summary>Brings what devices say of their models from the bus to every rollout that has not ended.</summary>
/// <remarks>A rollout uses facts of all devices: those outside are its control.</remarks>
internal sealed class RolloutFeed(EventBus bus, IGrainFactory grains, ILogger<RolloutFeed> logger) : BackgroundService
{
    private const int MaxBatch = 1_024;

    // Made here and not in the loop: nothing published after the start is missed.
    private readonly EventBus.Subscription _subscription = bus.Subscribe("redistribution", static happened => happened is SlotReported or EvidenceReported, capacity: 65_536);

    public override void Dispose()
    {
        _subscription.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var facts = new List<RolloutFact>();
        while (await _subscription.Events.WaitToReadAsync(stoppingToken))
        {
            facts.Clear();
            while (facts.Count < MaxBatch && _subscription.Events.TryRead(out var happened))
            {
                if (happened is SlotReported slot) facts.Add(new RolloutFact(slot.DeviceId, slot.Report, null));
                if (happened is EvidenceReported evidence) facts.Add(new RolloutFact(evidence.DeviceId, null, evidence.Evidence));
            }

            await DeliverAsync([.. facts], stoppingToken);
        }
    }

    private async Task DeliverAsync(RolloutFact[] facts, CancellationToken cancellation)
    {
        var id = "";
        try
        {
            foreach (var active in await grains.GetGrain<IRolloutDirectoryGrain>(0).ActiveAsync())
            {
                id = active;
                await grains.GetGrain<IRolloutGrain>(active).ObserveAsync(facts);
            }
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested)
        {
            logger.RolloutFactsLost(facts.Length, id, e);
        }
    }
}
