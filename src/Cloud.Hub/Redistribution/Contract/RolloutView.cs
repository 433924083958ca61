using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Redistribution.Contract;

public sealed record RolloutView
{
    public required string RolloutId { get; init; }

    public required RolloutRequest Request { get; init; }

    /// <summary>What it brings.</summary>
    public ArtefactKind Kind { get; init; }

    /// <summary><c>scheduled</c>, <c>running</c>, <c>paused</c>, <c>restoring</c>, <c>completed</c>, <c>restored</c>, <c>cancelled</c>.</summary>
    public required string State { get; init; }

    public required IReadOnlyList<RolloutGroupView> Groups { get; init; }

    public required IReadOnlyList<RolloutTransition> Transitions { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Who approved it; null: nobody did, or nobody had to.</summary>
    public string? ApprovedBy { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Stable word of what stopped it: a metric of <see cref="GateLimits"/>, <c>undelivered</c>, <c>lost</c>, <c>idle</c>,
    /// <c>silence</c>, <c>no-data</c>, <c>quarantine</c>, <c>operator</c>; null otherwise.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>The only group that was taken back; null: all were, or none.</summary>
    public string? RestoredGroup { get; init; }

    /// <summary>It was stopped because the model did harm, beyond the odds that the gate asks for: the model is in quarantine.</summary>
    public bool IsHarmful { get; init; }

    /// <summary>Of a continuous one: since when every group has passed and it waits for devices that come; null: not yet.</summary>
    public DateTimeOffset? OpenSince { get; init; }

    /// <summary>Other rollouts that hold devices which this one waits for; empty: none.</summary>
    public IReadOnlyList<string> WaitsFor { get; init; } = [];

    /// <summary>Devices of the rollout that keep what they have, for comparison.</summary>
    public IReadOnlyList<string> ControlDevices { get; init; } = [];
}
