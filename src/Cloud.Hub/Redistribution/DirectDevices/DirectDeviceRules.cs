using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>How a polling device and its updates change. Pure: no clock, no storage. Success is only what the
/// device shows to run after its restart, never what it says.</summary>
/// <param name="nowUs">Microseconds since the Unix epoch.</param>
internal readonly struct DirectDeviceRules(long nowUs)
{
    /// <summary>A device that says it updated is asked so often what it runs; then the update counts as
    /// failed, so that it does not stand in the way of the next.</summary>
    public const int MaxUnprovenPolls = 5;

    /// <summary>A poll: begins, replaces or calls off an action as the desired state has it.</summary>
    /// <param name="wanted">The firmware assigned to it; null: none.</param>
    public DirectDevice Polled(DirectDevice device, ModelAssignment? wanted, long desiredVersion)
    {
        if (device.Action is { } action)
        {
            if (wanted?.Digest == action.Wanted.Digest) return Waited(device, action with { Wanted = wanted, DesiredVersion = desiredVersion });
            // What has not begun is simply gone; what has is asked to stop; what has restarted is past stopping, and will show what it runs.
            return action.State switch
            {
                DirectActionState.Offered => Polled(device with { Action = null }, wanted, desiredVersion),
                DirectActionState.Installing => device with { Action = action with { State = DirectActionState.Cancelling } },
                _ => Waited(device, action),
            };
        }

        if (wanted is null || device.SettledVersion >= desiredVersion) return device;
        if (wanted.Digest == device.RunningDigest) return Settle(device, wanted, desiredVersion, SlotState.Committed, null, null);
        var id = device.LastActionId + 1;
        return device with { LastActionId = id, Action = new DirectAction(id, wanted, desiredVersion, DirectActionState.Offered) };
    }

    /// <summary>A word on the action under way; on any other it is ignored, since devices repeat themselves.</summary>
    public DirectDevice Heard(DirectDevice device, long actionId, DirectFeedback feedback, string? detail)
    {
        if (device.Action is not { } action || action.Id != actionId) return device;
        return feedback switch
        {
            DirectFeedback.Proceeding when action.State == DirectActionState.Offered =>
                Report(device with { Action = action with { State = DirectActionState.Installing } }, action.Wanted, SlotState.Downloading, null,
                    detail),
            DirectFeedback.Proceeding => device,
            DirectFeedback.Succeeded => Restarted(device with { Action = action with { State = DirectActionState.Confirming } }),
            DirectFeedback.Rejected => End(device, action, SlotState.Refused, "installer", detail),
            // Before a restart the old image has never stopped running; after one, the device may have gone back by itself.
            _ => End(Restarted(device), action, SlotState.Refused, "installer", detail),
        };
    }

    /// <summary>The answer to a request to stop.</summary>
    public DirectDevice HeardOfCancel(DirectDevice device, long actionId, DirectFeedback feedback, string? detail)
    {
        if (device.Action is not { State: DirectActionState.Cancelling } action || action.Id != actionId || feedback == DirectFeedback.Proceeding)
            return device;
        // A device that cannot stop goes on, and will show what it runs.
        return feedback == DirectFeedback.Succeeded
            ? End(device, action, SlotState.Refused, "cancelled", detail)
            : device with { Action = action with { State = DirectActionState.Confirming }, WantsAttributes = true };
    }

    /// <summary>The device says what it is and what it runs: the only proof there is.</summary>
    /// <param name="running">Digest of the firmware that its attribute names; null: the registry knows no such one.</param>
    public DirectDevice Showed(DirectDevice device, IReadOnlyDictionary<string, string> attributes, string? running)
    {
        var before = device.RunningDigest;
        device = device
            with { Attributes = attributes, WantsAttributes = false, RunningDigest = running, PreviousDigest = running == before
                ? device.PreviousDigest : before };
        if (device.Action is not { State: DirectActionState.Confirming } action) return device;
        return running == action.Wanted.Digest
            ? Settle(device, action.Wanted, action.DesiredVersion, SlotState.Committed, null, null)
            : Settle(
                device, action.Wanted, action.DesiredVersion, SlotState.Returned, "old-image",
                $"it says that it updated, and runs {running ?? "an image that the registry does not know"}");
    }

    /// <summary>The archive has every fact up to this one.</summary>
    public static DirectDevice Stored(DirectDevice device, long sequence) =>
        device with { Pending = [.. device.Pending.Where(pending => pending.Sequence > sequence)] };

    private DirectDevice Waited(DirectDevice device, DirectAction action)
    {
        if (action.State != DirectActionState.Confirming) return device with { Action = action };
        return action.UnprovenPolls < MaxUnprovenPolls
            ? device with { Action = action with { UnprovenPolls = action.UnprovenPolls + 1 } }
            : End(device, action, SlotState.Refused, "unproven", "it says that it updated, and has not shown what it runs");
    }

    private static DirectDevice Restarted(DirectDevice device) => device with { Restarts = device.Restarts + 1, Reports = 0, WantsAttributes = true };

    private DirectDevice End(DirectDevice device, DirectAction action, SlotState state, string reason, string? detail) =>
        Settle(device, action.Wanted, action.DesiredVersion, state, reason, detail);

    private DirectDevice Settle(DirectDevice device, ModelAssignment wanted, long version, SlotState state, string? reason, string? detail) =>
        Report(device with { Action = null, SettledVersion = version }, wanted, state, reason, detail);

    private DirectDevice Report(DirectDevice device, ModelAssignment wanted, SlotState state, string? reason, string? detail)
    {
        var report = new SlotReport
        {
            State = state, Digest = wanted.Digest, AnsweringDigest = device.RunningDigest, BootId = device.BootId, Counter = device.Reports + 1,
            RolloutId = wanted.RolloutId, Reason = reason,
            ReasonClass = SlotReasons.ClassOf(reason), Detail = detail,
        };
        var sequence = device.Sequence + 1;
        return device
            with { Sequence = sequence, Reports = device.Reports + 1, SlotState = state, Refusal = reason, Pending = [
                .. device.Pending, new PendingReport(sequence, nowUs, report)] };
    }
}
