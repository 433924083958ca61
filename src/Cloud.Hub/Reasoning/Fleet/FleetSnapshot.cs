namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>The fleet as its agent sees it at one moment.</summary>
internal sealed record FleetSnapshot
{
    /// <summary>Ended runs with at least one anomalous label, held-out ones left out.</summary>
    public required IReadOnlySet<string> AnomalousRuns { get; init; }

    /// <summary>Newest model of the fleet's name that is not quarantined, with the digest that most devices answer with; null before the first.</summary>
    public required string? ActiveDigest { get; init; }

    /// <summary>State and candidate of the training run the agent waits for; null when there is none.</summary>
    public required TrainingOutcome? Training { get; init; }

    /// <summary>State of the teacher's training run; null when there is none.</summary>
    public required TrainingOutcome? Teacher { get; init; }

    /// <summary>State of the awaited rollout; null when there is none.</summary>
    public required string? RolloutState { get; init; }

    public required int Devices { get; init; }
}

internal sealed record TrainingOutcome(string State, string? CandidateDigest, string Message)
{
    public bool HasEnded => State is "registered" or "rejected" or "failed" or "cancelled";
}
