using Cloud.Hub.Bus;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Tells log, metrics and the bus what a rollout did, once it is on disk.</summary>
internal sealed class RolloutNews(EventBus bus, RedistributionMetrics metrics, ILogger<RolloutNews> logger)
{
    /// <param name="known">Transitions that were told before.</param>
    public void Tell(RolloutState rollout, int known)
    {
        foreach (var transition in rollout.Transitions.Skip(known))
        {
            metrics.Moved(transition.To);
            logger.RolloutMoved(rollout.RolloutId, transition.Group, transition.From, transition.To, transition.Reason);
            bus.Publish(new RolloutTransitioned(rollout.RolloutId, transition.Group, transition.From, transition.To, transition.Reason));
        }
    }
}
