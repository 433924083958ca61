using Cloud.Hub.Communication.Contract;

namespace Hmas.Benchmarks.Hub.Fleet;

/// <summary>One group of a rollout: who is in it, and when it was told.</summary>
/// <param name="agents">In the order of their ids, which is that of the hub's commits.</param>
internal sealed class GroupWatch(string name, IReadOnlyList<SimulatedAgent> agents)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);

    public string Name => name;

    public int Devices => agents.Count;

    /// <summary>When the last desired state was on disk; null: not yet. No earlier than that, and a poll later at most.</summary>
    public DateTimeOffset? Durable { get; private set; }

    /// <summary>What the process had used of processors by then.</summary>
    public TimeSpan Processor { get; private set; }

    /// <summary>When the last device heard of it; null: not all have.</summary>
    public DateTimeOffset? Heard => agents.All(static agent => agent.HeardAt is not null) ? agents.Max(static agent => agent.HeardAt) : null;

    public int Assigned => agents.Count(static agent => agent.HeardAt is not null);

    /// <summary>So many answer with it now.</summary>
    public int Answering(string digest) => agents.Count(agent => agent.Active == digest);

    /// <summary>Ends when every device's desired state is on disk: the hub shows none before.</summary>
    public async Task AwaitDurableAsync(IFleet fleet, string rolloutId, CancellationToken stopping)
    {
        using var poll = new PeriodicTimer(Poll, TimeProvider.System);
        foreach (var agent in agents)
        {
            while ((await fleet.DeviceAsync(agent.DeviceId, stopping))!.Desired?.Model?.RolloutId != rolloutId)
                await poll.WaitForNextTickAsync(stopping);
        }

        (Durable, Processor) = (TimeProvider.System.GetUtcNow(), Environment.CpuUsage.TotalTime);
    }
}
