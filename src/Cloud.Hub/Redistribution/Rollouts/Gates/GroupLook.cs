using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>A group as its gate looks at it at one moment: what every question of <see cref="GroupEvaluation"/> is asked of. Pure.</summary>
internal sealed class GroupLook
{
    public GroupLook(RolloutState rollout, int index, FleetSeen seen)
    {
        (Rollout, Index, Seen) = (rollout, index, seen);
        Planned = rollout.Devices.Count(device => device.Group == index && !device.Left);
        Told = [.. rollout.Devices.Where(device => device.Group == index && !device.Left && device.Told)];
        Waited = seen.Now - (Group.Since ?? seen.Now);
        Lone = new LoneSlices(rollout, index, Told, seen, GroupReserves.Doubt);
        Evidence = GroupEvidence.Collect(rollout, Lone.Tests, Told, seen);
        Control = new GateControl(rollout, index, seen);
    }

    public RolloutState Rollout { get; }

    public int Index { get; }

    public FleetSeen Seen { get; }

    public GatePolicy Gate => Rollout.Request.Gate;

    public GroupState Group => Rollout.Groups[Index];

    /// <summary>Devices of the group.</summary>
    public int Planned { get; }

    /// <summary>Those of them that were told.</summary>
    public List<DeviceState> Told { get; }

    /// <summary>Since the group's wait began.</summary>
    public TimeSpan Waited { get; }

    /// <summary>What comparing in shadow adds to every wait.</summary>
    public TimeSpan Comparing => Group.ComparingTime ?? TimeSpan.Zero;

    /// <summary>The maximum wait is over. A group that has passed was on time, and nobody can be late for a gate that a pause closed.</summary>
    public bool IsLate => Waited >= Gate.MaximumWait + Comparing && Told.Count == Planned && Group.State != GroupState.Passed
        && Rollout.State != RolloutState.Paused;

    public LoneSlices Lone { get; }

    /// <summary>The group's tests by metric, slices of one device left out.</summary>
    public IReadOnlyDictionary<string, MetricTest> Tests => Lone.Tests;

    public GateEvidence Evidence { get; }

    public GateControl Control { get; }
}
