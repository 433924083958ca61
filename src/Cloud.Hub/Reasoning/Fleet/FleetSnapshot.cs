using Cloud.Hub.Learning.Contract;

namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>The fleet as its agent sees it at one moment. What the agent waits for is read each
/// time, the rest only while it waits for nothing.</summary>
internal sealed record FleetSnapshot
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>What a training could learn from, runs that the settings hold out left out; empty before the first model.</summary>
    public IReadOnlyList<ConfirmedFault> Faults { get; init; } = [];

    /// <summary>The digest that most devices answer with; null before the first.</summary>
    public string? ActiveDigest { get; init; }

    /// <summary>State and candidate of the training run the agent waits for; null when there is none.</summary>
    public TrainingOutcome? Training { get; init; }

    /// <summary>State of the teacher's training run; null when there is none.</summary>
    public TrainingOutcome? Teacher { get; init; }

    /// <summary>State of the awaited rollout; null when there is none.</summary>
    public string? RolloutState { get; init; }

    public int Devices { get; init; }
}

internal sealed record TrainingOutcome(string State, string? CandidateDigest, string Message)
{
    public bool HasEnded => State is "registered" or "rejected" or "failed" or "cancelled";
}
