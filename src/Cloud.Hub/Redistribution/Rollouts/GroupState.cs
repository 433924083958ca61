using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Gates;

namespace Cloud.Hub.Redistribution.Rollouts;

internal sealed record GroupState
{
    public const string Waiting = "waiting";
    public const string Deploying = "deploying";
    public const string Observing = "observing";
    public const string Passed = "passed";
    public const string Failed = "failed";
    public const string Restored = "restored";

    public static IReadOnlyList<string> Known { get; } = [Waiting, Deploying, Observing, Passed, Failed, Restored];

    /// <summary>Name of the group of those that joined while the rollout ran; no request may use it.</summary>
    public const string Joined = "joined";

    public required string Name { get; init; }

    public required string State { get; init; }

    /// <summary>It is the group of those that joined: the last one, told with the group before it.</summary>
    public bool IsJoined { get; init; }

    /// <summary>Nothing waits for its verdict, whatever its devices show.</summary>
    public bool IsDecided => State == Passed || IsJoined;

    /// <summary>It waits for a person.</summary>
    public bool Manual { get; init; }

    /// <summary>When devices of it were last told, or it went on after a pause: the maximum wait and the pace count from here.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Windows that each of its devices compares in shadow; null: as many as the request says.</summary>
    public int? ShadowWindows { get; init; }

    /// <summary>Of a later group that compares them without being asked for proof: how long that takes, by which its wait is longer; null
    /// otherwise.</summary>
    public TimeSpan? ComparingTime { get; init; }

    /// <summary>The bets of the gate, by metric.</summary>
    public IReadOnlyDictionary<string, MetricTest> Tests { get; init; } = new Dictionary<string, MetricTest>();

    /// <summary>What the last look at the gate was based on.</summary>
    public GateEvidence? Evidence { get; init; }
}
