using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Contract;

/// <summary>Bringing a model to devices, group by group, by their behaviour.</summary>
public interface IRollouts
{
    /// <exception cref="RolloutRefusedException">No such model, quarantined, nothing matches, or a device is in another rollout: the message says which.</exception>
    Task<RolloutView> StartAsync(RolloutRequest request, CancellationToken cancellation);

    Task<RolloutView?> FindAsync(string rolloutId, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<RolloutView>> ListAsync(CancellationToken cancellation);

    /// <summary>Pause, resume, cancel (stops where it is) or restore (takes every changed device back).</summary>
    Task<RolloutView?> CommandAsync(string rolloutId, RolloutCommand command, string who, CancellationToken cancellation);
}

public sealed class RolloutRefusedException(string message) : Exception(message);

public enum RolloutCommand
{
    Pause,
    Resume,
    Cancel,
    Restore,
}

public sealed record RolloutRequest
{
    public required string Digest { get; init; }

    /// <summary>Null: every site.</summary>
    public string? SiteId { get; init; }

    /// <summary>Empty: every device of the sites.</summary>
    public IReadOnlyList<string> DeviceIds { get; init; } = [];

    /// <summary>Shares of the targeted devices, in order, that sum to 1; each group has at least one device while there are any left.</summary>
    public IReadOnlyList<GroupPlan> Groups { get; init; } = [new("canary", 0.1), new("stage", 0.4), new("full", 0.5)];

    public GatePolicy Gate { get; init; } = new();

    public int ShadowWindows { get; init; } = 50;

    public int HealthWindows { get; init; } = 50;

    public required string RequestedBy { get; init; }

    /// <summary>Why, for those who read the rollout later.</summary>
    public required string Reason { get; init; }
}

public sealed record GroupPlan(string Name, double Share);

/// <summary>What devices with the new digest must show before the next group begins.</summary>
public sealed record GatePolicy
{
    /// <summary>Windows answered by the new digest, over the group, before any verdict.</summary>
    public int MinimumWindows { get; set; } = 200;

    /// <summary>No verdict by then: the group is restored. No data is never success.</summary>
    public TimeSpan MaximumWait { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Alarm rate of the group may exceed the reference by at most this much (absolute). Reference: the control devices over the same time.</summary>
    public double MaximumAlarmRateIncrease { get; set; } = 0.25;

    /// <summary>Share of windows labelled normal on which the new digest alarms, absolute.</summary>
    public double MaximumFalseAlarmRate { get; set; } = 0.35;

    /// <summary>Windows labelled normal that the new digest must have answered, over the group, before it may pass; 0: labels are not waited for.</summary>
    public int MinimumLabelledNormalWindows { get; set; }

    /// <summary>Share of windows with a NaN or infinite score.</summary>
    public double MaximumInvalidRate { get; set; }

    public double MaximumInferenceP99Us { get; set; } = 50_000;

    /// <summary>Share of the devices that were told and refused or returned.</summary>
    public double MaximumFailedShare { get; set; }
}

public sealed record RolloutView
{
    public required string RolloutId { get; init; }

    public required RolloutRequest Request { get; init; }

    /// <summary><c>running</c>, <c>paused</c>, <c>restoring</c>, <c>completed</c>, <c>restored</c>, <c>cancelled</c>.</summary>
    public required string State { get; init; }

    public required IReadOnlyList<RolloutGroupView> Groups { get; init; }

    public required IReadOnlyList<RolloutTransition> Transitions { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Stable word of what stopped it: <c>alarm-rate</c>, <c>false-alarms</c>, <c>invalid</c>, <c>latency</c>, <c>failed-devices</c>, <c>no-data</c>, <c>operator</c>; null otherwise.</summary>
    public string? StoppedBy { get; init; }
}

public sealed record RolloutGroupView
{
    public required string Name { get; init; }

    /// <summary><c>waiting</c>, <c>deploying</c>, <c>observing</c>, <c>passed</c>, <c>failed</c>, <c>restored</c>.</summary>
    public required string State { get; init; }

    public required IReadOnlyList<RolloutDeviceView> Devices { get; init; }

    public GateEvidence? Evidence { get; init; }
}

/// <param name="State">Last slot report of this rollout; null while the device is silent.</param>
/// <param name="Touched">It answered with the new digest at some time.</param>
public sealed record RolloutDeviceView(string DeviceId, string? PreviousDigest, SlotState? State, string? AnsweringDigest, string? Reason, bool Touched, bool Restored, double? SwapMs);

/// <summary>What a verdict was based on; null rates mean no data.</summary>
public sealed record GateEvidence(
    int DevicesTold, int DevicesAnswered, int DevicesFailed, long Windows, double? AlarmRate, double? ControlAlarmRate,
    double? FalseAlarmRate, long LabelledNormalWindows, double InvalidRate, double InferenceP99Us);

public sealed record RolloutTransition(DateTimeOffset At, string Group, string From, string To, string Reason, GateEvidence? Evidence);
