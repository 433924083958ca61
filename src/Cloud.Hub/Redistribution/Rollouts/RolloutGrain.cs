using Cloud.Hub.Bus;
using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Carries out what <see cref="RolloutStateMachine"/> says: keeps the state, tells devices, publishes transitions.</summary>
internal sealed class RolloutGrain(
    [PersistentState("rollout")] IPersistentState<RolloutDocument> document,
    RolloutFacts facts, FleetLook fleet, ModelAssigner assigner, IModelQuarantine quarantine, EventBus bus, RedistributionMetrics metrics, TimeProvider time, ILogger<RolloutGrain> logger)
    : Grain, IRolloutGrain
{
    /// <summary>Facts held at a time: a hub that was down for long finds millions.</summary>
    private const int FactsAtOnce = 10_000;

    /// <summary>Facts of other kinds were read up to here; not worth a write, a restart passes over them again.</summary>
    private long _passedFactId;

    public Task BeginAsync(RolloutState state) => document.State.Rollout is null ? KeepAsync(state) : Task.CompletedTask;

    public Task<RolloutView?> ViewAsync() => Task.FromResult(document.State.Rollout?.ToView());

    public async Task<RolloutView?> CommandAsync(RolloutCommand command, string who)
    {
        if (document.State.Rollout is not { } rollout) return null;
        await KeepAsync(RolloutStateMachine.Command(rollout, command, who, time.GetUtcNow()));
        return document.State.Rollout.ToView();
    }

    public async Task<bool> LookAsync()
    {
        if (document.State.Rollout is not { } rollout) return false;
        if (rollout.HasEnded) return false;
        var passed = _passedFactId;
        var news = new List<RolloutFact>();
        var last = rollout.LastFactId;
        await foreach (var (id, fact) in facts.AfterAsync(Math.Max(rollout.LastFactId, _passedFactId), CancellationToken.None))
        {
            if (fact is null)
            {
                passed = id;
                continue;
            }

            news.Add(fact);
            last = id;
            if (news.Count < FactsAtOnce) continue;
            rollout = RolloutObservation.Observe(rollout, news) with { LastFactId = last };
            news.Clear();
        }

        if (news.Count > 0) rollout = RolloutObservation.Observe(rollout, news) with { LastFactId = last };

        var seen = await fleet.LookAsync(rollout.Request.Digest, CancellationToken.None);
        await KeepAsync(RolloutStateMachine.Advance(rollout, seen));
        _passedFactId = passed;    // only now: a write that failed has to see its facts again
        rollout = document.State.Rollout!;

        // Both are safe to repeat, so a hub that is killed between the write and these does them at its next look.
        if (rollout is { State: RolloutState.Restoring, IsHarmful: true })
        {
            await quarantine.QuarantineAsync(rollout.Request.Digest, $"rollout {rollout.RolloutId} was stopped by {rollout.StoppedBy}", CancellationToken.None);
        }

        foreach (var wanted in RolloutStateMachine.Wanted(rollout, seen))
        {
            await assigner.AssignAsync(rollout, wanted, seen.Devices.GetValueOrDefault(wanted.DeviceId)?.Hardware, CancellationToken.None);
            metrics.Assigned(wanted.Restore);
        }

        return !rollout.HasEnded;
    }

    /// <summary>On disk first, then told to others.</summary>
    private async Task KeepAsync(RolloutState next)
    {
        var before = document.State.Rollout;
        if (ReferenceEquals(before, next)) return;
        document.State.Rollout = next;
        try
        {
            await document.WriteStateAsync();
        }
        catch
        {
            document.State.Rollout = before;
            throw;
        }

        foreach (var transition in next.Transitions.Skip(before?.Transitions.Count ?? 0))
        {
            metrics.Moved(transition.To);
            logger.RolloutMoved(next.RolloutId, transition.Group, transition.From, transition.To, transition.Reason);
            bus.Publish(new RolloutTransitioned(next.RolloutId, transition.Group, transition.From, transition.To, transition.Reason));
        }
    }
}
