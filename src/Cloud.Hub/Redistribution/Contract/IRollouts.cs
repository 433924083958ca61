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

    /// <summary>Null when there is no such rollout.</summary>
    /// <exception cref="RolloutRefusedException">It does not fit the rollout's state, or a device is in another rollout.</exception>
    Task<RolloutView?> CommandAsync(string rolloutId, RolloutCommand command, string who, CancellationToken cancellation);
}

public sealed class RolloutRefusedException(string message) : Exception(message);

public enum RolloutCommand
{
    Pause,
    Resume,
    Cancel,
    Restore,

    /// <summary>Ends a restore that waits for devices which are away; what they should go back to stays in their desired state.</summary>
    Force,
}

public sealed record RolloutRequest
{
    public required string Digest { get; init; }

    /// <summary>Null: every site.</summary>
    public string? SiteId { get; init; }

    /// <summary>Empty: every device of the sites.</summary>
    public IReadOnlyList<string> DeviceIds { get; init; } = [];

    /// <summary>A query over the devices' attributes (docs/formats/device-query.md) that a device must match too; null: none.</summary>
    public string? Where { get; init; }

    /// <summary>In order. Shares of the targeted devices that sum to 1, or any mixture that ends with a group of all the rest; each share has at least one device while there are any left. By default 1, 9 and 90 %: what a bad model may reach before anything is known of it is one device in a hundred.</summary>
    public IReadOnlyList<GroupPlan> Groups { get; init; } = [new("canary", 0.01), new("stage", 0.09), new("full", 0.9)];

    /// <summary>Share of the targeted devices, 0 to 0.5, that keeps the old model to the end: what the others are compared with. 0: those not told yet are, and for the last group what they showed before.</summary>
    public double ControlShare { get; init; }

    /// <summary>No device is told before; null: at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>How quickly the devices of a group are told; null: all at once.</summary>
    public RolloutPace? Pace { get; init; }

    public GatePolicy Gate { get; init; } = new();

    public int ShadowWindows { get; init; } = 50;

    public int HealthWindows { get; init; } = 50;

    public required string RequestedBy { get; init; }

    /// <summary>Why, for those who read the rollout later.</summary>
    public required string Reason { get; init; }
}

/// <summary>Who is in a group: exactly one of the three, or none for all the devices that are left.</summary>
/// <param name="Share">Of all targeted devices that are not control, over 0 to 1.</param>
/// <param name="Count">So many devices, or all there are left.</param>
/// <param name="Where">All devices left that match this query.</param>
public sealed record GroupPlan(string Name, double? Share = null, int? Count = null, string? Where = null);

/// <summary>Devices told in a minute: a constant, or growing with what went well.</summary>
/// <param name="DevicesPerMinute">At the start of each group, above 0.</param>
/// <param name="Factor">The rate is multiplied by this, 1 to 10, …</param>
/// <param name="EveryCommitted">… each time so many more devices of the rollout have committed; 0: never.</param>
public sealed record RolloutPace(double DevicesPerMinute, double Factor = 1, int EveryCommitted = 0);

public sealed record RolloutView
{
    public required string RolloutId { get; init; }

    public required RolloutRequest Request { get; init; }

    /// <summary><c>scheduled</c>, <c>running</c>, <c>paused</c>, <c>restoring</c>, <c>completed</c>, <c>restored</c>, <c>cancelled</c>.</summary>
    public required string State { get; init; }

    public required IReadOnlyList<RolloutGroupView> Groups { get; init; }

    public required IReadOnlyList<RolloutTransition> Transitions { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Stable word of what stopped it: a metric of <see cref="GateLimits"/>, <c>undelivered</c>, <c>idle</c>, <c>silence</c>, <c>no-data</c>, <c>quarantine</c>, <c>operator</c>; null otherwise.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>It was stopped because the model did harm, beyond the odds that the gate asks for: the model is in quarantine.</summary>
    public bool IsHarmful { get; init; }

    /// <summary>Devices of the rollout that keep what they have, for comparison.</summary>
    public IReadOnlyList<string> ControlDevices { get; init; } = [];
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

public sealed record RolloutTransition(DateTimeOffset At, string Group, string From, string To, string Reason, GateEvidence? Evidence);
