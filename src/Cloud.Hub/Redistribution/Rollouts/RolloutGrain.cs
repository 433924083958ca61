using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Storage;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Carries out what <see cref="RolloutStateMachine"/> says: keeps the state, tells devices, publishes transitions.</summary>
/// <remarks>It lives in the process that is asked for it first: what passes names every device of the rollout.</remarks>
[PreferLocalPlacement]
internal sealed class RolloutGrain(
    RolloutStore store, RolloutFacts facts, FleetLook fleet, ModelAssigner assigner, IModelQuarantine quarantine, RolloutNews news,
    RedistributionMetrics metrics, TimeProvider time, ILogger<RolloutGrain> logger)
    : Grain, IRolloutGrain
{
    /// <summary>Facts held at a time: a hub that was down for long finds millions.</summary>
    private const int FactsAtOnce = 10_000;

    /// <summary>Devices that could not be told, in one look's log.</summary>
    private const int NamedAtMost = 5;

    /// <summary>Facts of other kinds were read up to here; not worth a write, a restart passes over them again.</summary>
    private long _passedFactId;

    private StoredRollout? _stored;

    /// <summary>As it stands on disk; null when there is no such rollout.</summary>
    private StoredRollout? Stored => _stored ??= store.Find(this.GetPrimaryKeyString());

    public Task<Immutable<RolloutView?>> ViewAsync() => Task.FromResult(new Immutable<RolloutView?>(Stored?.State.ToView()));

    public async Task<CommandResult> BeginAsync(Immutable<RolloutState> rollout)
    {
        try
        {
            _stored = await store.BeginAsync(rollout.Value, CancellationToken.None);
        }
        catch (DevicesTakenException taken)
        {
            return new CommandResult(null, taken.Message);
        }

        news.Tell(rollout.Value, 0);
        return new CommandResult(null, null);
    }

    public Task<CommandResult> CommandAsync(RolloutCommand command, string who) =>
        DoAsync(rollout => RolloutOrders.Command(rollout, command, who, time.GetUtcNow()),
            rollout => RolloutOrders.Misfit(rollout, command, who));

    public Task<CommandResult> RestoreGroupAsync(string group, string who) => DoAsync(
        rollout => RolloutOrders.RestoreGroup(rollout, group, who, time.GetUtcNow()),
        rollout =>
            $"rollout {rollout.RolloutId} is {rollout.State} with the groups {string.Join(", ", rollout.Groups.Select(static known => $"{known.Name} ({known.State})"))}: nothing of '{group}' can be taken back");

    public async Task LookAsync()
    {
        if (Stored is not { State: { HasEnded: false } rollout }) return;
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

        var seen = await fleet.LookAsync(rollout.Request.Digest, rollout.Kind, CancellationToken.None);
        try
        {
            await KeepAsync(RolloutStateMachine.Advance(rollout, seen));
        }
        catch (DevicesTakenException taken)
        {
            await KeepAsync(RolloutStateMachine.Wait(rollout, taken.Message, seen.Now));
        }

        _passedFactId = passed;    // only now: a write that failed has to see its facts again
        rollout = Stored.State;

        // Both are safe to repeat, so a hub that is killed between the write and these does them at its next look.
        if (rollout is { State: RolloutState.Restoring, IsHarmful: true })
        {
            await quarantine.QuarantineAsync(
                rollout.Request.Digest, $"rollout {rollout.RolloutId} was stopped by {rollout.StoppedBy}", CancellationToken.None);
        }

        var wanted = RolloutStateMachine.Wanted(rollout, seen);
        if (wanted.Count == 0) return;
        // What fails for one device is tried again at the next look, and touches no other.
        // Off this grain's scheduler, which would run the end of each of a hundred thousand calls one by one.
        var failures = await Task.Run(() => assigner.AssignAsync(rollout, wanted, seen, CancellationToken.None));
        foreach (var (device, reason) in failures.Take(NamedAtMost)) logger.NotAssigned(rollout.RolloutId, device, reason, failures.Count);
        metrics.Assigned(wanted.Count - failures.Count, rollout.State == RolloutState.Restoring);
    }

    private async Task<CommandResult> DoAsync(Func<RolloutState, RolloutState> order, Func<RolloutState, string> misfit)
    {
        if (Stored is not { State: var rollout }) return new CommandResult(null, null);
        var next = order(rollout);
        if (ReferenceEquals(next, rollout)) return new CommandResult(null, misfit(rollout));
        try
        {
            await KeepAsync(next);
        }
        catch (DevicesTakenException taken)
        {
            return new CommandResult(null, taken.Message);
        }

        return new CommandResult(next.ToView(), null);
    }

    /// <summary>On disk first, then told to others.</summary>
    /// <exception cref="DevicesTakenException">Another rollout holds a device; nothing is written.</exception>
    private async Task KeepAsync(RolloutState next)
    {
        var before = Stored!;
        if (ReferenceEquals(before.State, next)) return;
        try
        {
            _stored = await store.SaveAsync(before, next, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            // Another process wrote it: what is held here is old.
            _stored = null;
            throw;
        }

        news.Tell(next, before.State.Transitions.Count);
    }
}
