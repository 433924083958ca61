using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Rollouts;

internal sealed record GroupState
{
    public const string Waiting = "waiting";
    public const string Deploying = "deploying";
    public const string Observing = "observing";
    public const string Passed = "passed";
    public const string Failed = "failed";
    public const string Restored = "restored";

    public required string Name { get; init; }

    public required string State { get; init; }

    /// <summary>When devices of it were last told, or it went on after a pause: the maximum wait and the pace count from here.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>What control devices showed while this group was judged.</summary>
    public EvidenceSum Control { get; init; } = new();

    /// <summary>What the last look at the gate was based on.</summary>
    public GateEvidence? Evidence { get; init; }
}
