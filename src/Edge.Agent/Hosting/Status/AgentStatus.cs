namespace Edge.Agent.Hosting.Status;

/// <summary>What a device says of itself on its own machine.</summary>
internal sealed record AgentStatus
{
    public required string Site { get; init; }

    public required string Device { get; init; }

    public required string Version { get; init; }

    public required string BootId { get; init; }

    public required double UptimeSeconds { get; init; }

    /// <summary>Process start to the first scored window; null before it.</summary>
    public double? FirstAnswerSeconds { get; init; }

    public required string Sensor { get; init; }

    public required IReadOnlyList<string> Channels { get; init; }

    public required double RateHz { get; init; }

    public string? RunId { get; init; }

    public required bool Calibrated { get; init; }

    public double? Score { get; init; }

    public double? Threshold { get; init; }

    /// <summary>Newest class of a classifier; null without one.</summary>
    public string? Class { get; init; }

    /// <summary>Calibrated probability of <see cref="Class"/>.</summary>
    public double? Probability { get; init; }

    public double? SecondsSinceLastFrame { get; init; }

    public required long Samples { get; init; }

    /// <summary>Channels without a value, summed over frames.</summary>
    public required long MissingValues { get; init; }

    /// <summary>Times that event time went back.</summary>
    public required long ClockJumps { get; init; }

    /// <summary>Silences within a run that were too long for a window to span.</summary>
    public required long Gaps { get; init; }

    /// <summary>Times that a model threw.</summary>
    public required long ModelFailures { get; init; }

    public required long RuleEvaluations { get; init; }

    public required long DroppedSamples { get; init; }

    public required long LateSamples { get; init; }

    public required long SensorFailures { get; init; }

    public required long Frames { get; init; }

    public required long Runs { get; init; }

    public required long Windows { get; init; }

    public required long AlarmWindows { get; init; }

    public required long InvalidWindows { get; init; }

    public required int Rules { get; init; }

    public required long Decisions { get; init; }

    public required long Actions { get; init; }

    public required long FailedActions { get; init; }

    public required ModelStatus Model { get; init; }

    public required OutboxStatus Outbox { get; init; }

    public required HubStatus Hub { get; init; }

    /// <summary>What the disk did not take and the agent lives without, see <see cref="Hosting.LostWrites"/>.</summary>
    public required long LostWrites { get; init; }

    public required long ResidentBytes { get; init; }

    public required long ManagedBytes { get; init; }
}
