using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>One device in one rollout.</summary>
internal sealed record DeviceState
{
    public required string DeviceId { get; init; }

    /// <summary>In place of a group's index: it keeps what it has, for comparison.</summary>
    public const int Control = -1;

    /// <summary>Index into the groups, or <see cref="Control"/>.</summary>
    public required int Group { get; init; }

    /// <summary>What it answered with before; null: nothing.</summary>
    public string? PreviousDigest { get; init; }

    /// <summary>Its desired state was changed by this rollout.</summary>
    public bool Told { get; init; }

    /// <summary>Of its last report about the new digest.</summary>
    public SlotState? State { get; init; }

    public string? AnsweringDigest { get; init; }

    public string? Reason { get; init; }

    /// <summary>It answered with the new digest at some time.</summary>
    public bool Touched { get; init; }

    /// <summary>It answers with the previous digest again, and knows that it should.</summary>
    public bool Back { get; init; }

    public double? SwapMs { get; init; }

    /// <summary>Behaviour of the new digest on it.</summary>
    public EvidenceSum Sum { get; init; } = new();

    public bool IsControl => Group == Control;

    /// <summary>It has said something since it was told.</summary>
    public bool HasSpoken => State is not null || Touched;

    public bool HasFailed => State is SlotState.Refused or SlotState.Returned;

    public RolloutDeviceView ToView() => new(DeviceId, PreviousDigest, State, AnsweringDigest, Reason, Touched, Touched && Back, SwapMs);
}
