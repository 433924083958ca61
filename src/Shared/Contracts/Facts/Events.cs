namespace Hmas.Contracts.Facts;

/// <summary>A rule's condition began or ended.</summary>
public sealed record AlarmEvent
{
    public required string AlarmId { get; init; }

    public required string RunId { get; init; }

    public required string RuleId { get; init; }

    public required bool Raised { get; init; }

    /// <summary><c>info</c>, <c>warning</c> or <c>critical</c>.</summary>
    public required string Severity { get; init; }

    public required long TimestampUs { get; init; }

    public float? Score { get; init; }

    public float? Threshold { get; init; }

    public string? ModelDigest { get; init; }

    /// <summary>Each condition that held, with its value, for people.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];
}

/// <summary>What an actuator did for a decision.</summary>
public sealed record ActionEvent
{
    public required string RuleId { get; init; }

    public required string Actuator { get; init; }

    public required string Command { get; init; }

    public required bool Succeeded { get; init; }

    public string? Error { get; init; }

    public required long TimestampUs { get; init; }
}

/// <summary>A run began or ended.</summary>
public sealed record RunEvent(string RunId, long TimestampUs, long Rows);

/// <summary>What truth a person or an outcome gives a stretch of a device's time. Later labels of the same stretch win.</summary>
public sealed record OutcomeLabel
{
    public required string DeviceId { get; init; }

    /// <summary>Null: whatever run covers the time.</summary>
    public string? RunId { get; init; }

    public required long FromUs { get; init; }

    /// <summary>Inclusive.</summary>
    public required long ToUs { get; init; }

    /// <summary><c>normal</c>, <c>anomaly</c>, or a name: of a fault, or of what <see cref="Kind"/> says.</summary>
    public required string Label { get; init; }

    public LabelKind Kind { get; init; }

    /// <summary><c>operator</c>, <c>acknowledgement</c>, <c>maintenance</c>, <c>outcome</c> …</summary>
    public required string Source { get; init; }

    /// <summary>Whether it says that something was wrong; the name of a state, or a failure, does not.</summary>
    public bool IsAnomaly => Kind == LabelKind.Outcome && Label != "normal";
}
