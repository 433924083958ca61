using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Rollouts.Gates;
using Cloud.Hub.Redistribution.Rollouts.Planning;
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

    /// <summary>No other rollout may have it now.</summary>
    public bool Held { get; init; }

    /// <summary>Its desired state was changed by this rollout.</summary>
    public bool Told { get; init; }

    /// <summary>Of one that joined: when it was told; null otherwise.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>It was not told yet and is no longer what its rollout is aimed at: retired, or its site or tags changed.</summary>
    public bool Left { get; init; }

    /// <summary>It was called to an earlier group; null: it is where it was planned.</summary>
    public ReserveCall? Called { get; init; }

    /// <summary>Its rollout wants to tell it, and another one has it.</summary>
    public bool IsAwaited => !Held && !Told && !Left;

    /// <summary>How often it was told once more after it could not get the package.</summary>
    public int Attempt { get; init; }

    /// <summary>Of its last report about the new digest.</summary>
    public SlotState? State { get; init; }

    public string? AnsweringDigest { get; init; }

    public string? Reason { get; init; }

    /// <summary>What it said that cannot be true, the first time; null: nothing.</summary>
    public string? Distrust { get; init; }

    /// <summary>It answered with the new digest at some time.</summary>
    public bool Touched { get; init; }

    /// <summary>Its twin has shown the new digest answering: from then on another one means that it came back.</summary>
    public bool Confirmed { get; init; }

    /// <summary>It answers with the previous digest again, and knows that it should.</summary>
    public bool Back { get; init; }

    public double? SwapMs { get; init; }

    /// <summary>Behaviour of the new digest on it; null: nothing yet.</summary>
    public EvidenceSum? Sum { get; init; }

    /// <summary>Behaviour of the previous digest on it since the rollout began; null: nothing yet.</summary>
    public EvidenceSum? Before { get; init; }

    /// <summary>Answers of both digests on the same windows, since the shadow was put in.</summary>
    public ShadowEvidence? Shadow { get; init; }

    /// <summary>Of an artefact that answers no windows: its last report that was counted, and when it came.</summary>
    public Heartbeat? Heartbeat { get; init; }

    /// <summary>What of all this the gate has taken in; null: nothing.</summary>
    public JudgedWork? Judged { get; init; }

    public bool IsControl => Group == Control;

    /// <summary>It has said something since it was told.</summary>
    public bool HasSpoken => State is not null || Touched;

    public bool HasEnded => State is SlotState.Refused or SlotState.Returned;

    /// <summary>It does not have the new model, because of what the model did.</summary>
    public bool HasFailed => HasEnded && (Reason is null || Class == SlotReasonClass.Model);

    /// <summary>The package did not reach it, may not be installed on it or has no room there: that says nothing of what the model does.</summary>
    public bool IsUndelivered => HasEnded && Class is SlotReasonClass.Transport or SlotReasonClass.Storage;

    /// <summary>It has answered with a new digest that answers no windows for so long, without another start.</summary>
    public TimeSpan HealthyTime => Heartbeat is { HealthySince: { } since, At: var at } ? at - since : TimeSpan.Zero;

    /// <summary>Told, and nothing is left to happen of it: it has the new model for good, or has failed.</summary>
    public bool IsSettled => Told && (HasEnded || State == SlotState.Committed);

    private SlotReasonClass? Class => SlotReasons.ClassOf(Reason?.Split(':')[0]);

    public RolloutDeviceView ToView() => new(
        DeviceId, PreviousDigest, State, AnsweringDigest, Reason ?? Distrust ?? Standing, Touched, Touched && Back, SwapMs);

    private string? Standing => Left ? "not told: no longer what the rollout is aimed at" : Called is { } call ? $"called for {call.Slice}" : null;
}
