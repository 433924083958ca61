using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Pace;
using Cloud.Hub.Redistribution.Rollouts.Planning;
using Cloud.Hub.Redistribution.Rollouts.Storage;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Carries out what <see cref="RolloutStateMachine"/> says: keeps the state, tells devices, publishes transitions.</summary>
/// <remarks>It lives in the process that is asked for it first: what passes names every device of the rollout.</remarks>
[PreferLocalPlacement]
internal sealed class RolloutGrain(
    RolloutStore store, RolloutFacts facts, FleetLook fleet, ModelAssigner assigner, IModelQuarantine quarantine, RolloutNews news,
    JoinSearch joins, IOptions<RedistributionOptions> options, IGrainFactory grains,
    RedistributionMetrics metrics, TimeProvider time, ILogger<RolloutGrain> logger)
    : Grain, IRolloutGrain
{
    /// <summary>Facts held at a time: a hub that was down for long finds millions.</summary>
    private const int FactsAtOnce = 10_000;

    /// <summary>Devices that could not be told, in one look's log.</summary>
    private const int NamedAtMost = 5;

    /// <summary>Facts of other kinds were read up to here; not worth a write, a restart passes over them again.</summary>
    private long _passedFactId;

    /// <summary>When devices that join are looked for again; null: not looked at yet.</summary>
    private DateTimeOffset? _searchAt;

    private StoredRollout? _stored;

    /// <summary>As it stands on disk; null when there is no such rollout.</summary>
    private StoredRollout? Stored => _stored ??= store.Find(this.GetPrimaryKeyString());

    public Task<Immutable<RolloutView?>> ViewAsync() => Task.FromResult(new Immutable<RolloutView?>(Stored?.State.ToView()));

    public async Task<Immutable<CommandResult>> BeginAsync(Immutable<RolloutState> rollout)
    {
        try
        {
            await KeepAsync(await HoldAsync(null, rollout.Value));
        }
        catch (DevicesTakenException taken)
        {
            if (_stored is null) return new Immutable<CommandResult>(new CommandResult(null, taken.Message));
            // It stands and waits: its next look takes what is free then.
        }

        return new Immutable<CommandResult>(new CommandResult(Stored!.State.ToView(), null));
    }

    public Task<CommandResult> CommandAsync(RolloutCommand command, string who) =>
        DoAsync(rollout => RolloutOrders.Command(rollout, command, who, time.GetUtcNow()),
            rollout => RolloutOrders.Misfit(rollout, command, who));

    public Task<CommandResult> RestoreGroupAsync(string group, string who) => DoAsync(
        rollout => RolloutOrders.RestoreGroup(rollout, group, who, time.GetUtcNow()),
        rollout =>
            $"rollout {rollout.RolloutId} is {rollout.State} with the groups {string.Join(", ", rollout.Groups.Select(static known => $"{known.Name} ({known.State})"))}: nothing of '{group}' can be taken back");

    public Task YieldAsync(Immutable<IReadOnlySet<string>> devices, string to) =>
        Stored is { State: var rollout } ? KeepAsync(RolloutHolds.Yield(rollout, devices.Value, to, time.GetUtcNow())) : Task.CompletedTask;

    /// <summary>Off the grain's scheduler: a look at a hundred thousand devices computes for longer than a turn should, and the scheduler
    /// would run the end of each of as many calls one by one. Nothing else gets a turn before it has ended.</summary>
    public Task LookAsync() => Task.Run(LookOnceAsync);

    private async Task LookOnceAsync()
    {
        if (Stored is not { State: { HasEnded: false } rollout }) return;
        var now = time.GetUtcNow();
        _searchAt ??= now + options.Value.JoinInterval;
        var isSearch = now >= _searchAt;
        if (isSearch) _searchAt = now + options.Value.JoinInterval;
        if (rollout is { OpenSince: not null, State: not RolloutState.Restoring })
        {
            // Nobody waits for it: a look at the whole fleet each time it is searched is enough, however long it stays open.
            if (!isSearch) return;
            if (store.Successor(rollout) is { } successor)
            {
                await KeepAsync(RolloutStateMachine.End(rollout, RolloutState.Completed, $"rollout {successor} has taken its place", now));
                return;
            }
        }

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
            rollout = RolloutStateMachine.Due(rollout, seen);
            if (isSearch && await joins.FindAsync(rollout, CancellationToken.None) is { } aim) rollout = RolloutJoining.Take(rollout, aim, seen.Now);
            rollout = await HoldAsync(Stored.State, rollout);
            var bandwidth = options.Value.BytesPerSecond == 0 ? null : grains.GetGrain<IFleetBandwidthGrain>(0);
            var next = RolloutStateMachine.AdvanceGroups(rollout, seen, bandwidth is null ? long.MaxValue : await bandwidth.LeftAsync());
            await KeepAsync(next);
            var spent = bandwidth is null ? 0 : RolloutStateMachine.Told(rollout, next) * next.PackageBytes;
            if (spent > 0) await bandwidth!.SpendAsync(spent);
        }
        catch (DevicesTakenException taken)
        {
            // Taken since it was looked up: the next look reads the same facts again.
            await KeepAsync(RolloutStateMachine.Wait(Stored.State, taken.Message, seen.Now));
            return;
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
        var failures = await assigner.AssignAsync(rollout, wanted, seen, CancellationToken.None);
        foreach (var (device, reason) in failures.Take(NamedAtMost)) logger.NotAssigned(rollout.RolloutId, device, reason, failures.Count);
        metrics.Assigned(wanted.Count - failures.Count, rollout.State == RolloutState.Restoring);
    }

    /// <summary>Holds what it may have: what others of lower priority can let go is asked of them.</summary>
    /// <remarks>That it waits for devices stands on disk before others let them go, or these would take them again. Only a
    /// higher priority asks a lower one, so no two ask each other.</remarks>
    private async Task<RolloutState> HoldAsync(RolloutState? before, RolloutState rollout)
    {
        var wants = RolloutHolds.Wants(before, rollout);
        if (wants.Count == 0) return rollout;
        var taken = store.Wanted(wants, rollout);
        rollout = RolloutHolds.Take(rollout, wants, taken, time.GetUtcNow());
        if (taken.All(claim => claim.Priority >= rollout.Priority)) return rollout;
        await KeepAsync(rollout);
        foreach (var holder in taken.Where(claim => claim.Priority < rollout.Priority).GroupBy(static claim => claim.RolloutId))
        {
            await grains.GetGrain<IRolloutGrain>(holder.Key)
                .YieldAsync(
                    new Immutable<IReadOnlySet<string>>(holder.Select(static claim => claim.DeviceId).ToHashSet(StringComparer.Ordinal)),
                    rollout.RolloutId);
        }

        return RolloutHolds.Take(rollout, wants, store.Wanted(wants, rollout), time.GetUtcNow());
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
        var before = Stored;
        if (ReferenceEquals(before?.State, next)) return;
        try
        {
            _stored = before is null
                ? await store.BeginAsync(next, CancellationToken.None) : await store.SaveAsync(before, next, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            // Another process wrote it: what is held here is old.
            _stored = null;
            throw;
        }

        news.Tell(next, before?.State.Transitions.Count ?? 0);
    }
}
