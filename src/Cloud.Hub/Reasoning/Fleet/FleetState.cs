namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>What the fleet's agent remembers; durable.</summary>
[GenerateSerializer, Alias("hmas.fleet-state")]
internal sealed class FleetState
{
    /// <summary>Runs and blocks already used up as a reason to train, as <see cref="FleetRun"/> names them.</summary>
    [Id(0)]
    public HashSet<string> RunsTrainedOn { get; set; } = [];

    /// <summary>The training run that the agent waits for.</summary>
    [Id(1)]
    public string? AwaitedTraining { get; set; }

    /// <summary>The rollout that the agent waits for.</summary>
    [Id(2)]
    public string? AwaitedRollout { get; set; }

    /// <summary>Candidates already given to the fleet, or refused by it.</summary>
    [Id(3)]
    public HashSet<string> Offered { get; set; } = [];

    /// <summary>The teacher's training run, if one goes on.</summary>
    [Id(4)]
    public string? AwaitedTeacher { get; set; }

    /// <summary>New labels were learned from that the teacher has not seen.</summary>
    [Id(5)]
    public bool TeacherDue { get; set; }

    /// <summary>Machine runs that have ended, of all devices, until the fleet has a first model.</summary>
    [Id(6)]
    public HashSet<string> EndedRuns { get; set; } = [];

    /// <summary>The runs that gave the reason for <see cref="AwaitedTraining"/>: they are a reason again if it fails.</summary>
    [Id(7)]
    public HashSet<string> AwaitedRuns { get; set; } = [];

    /// <summary>Trainings that failed one after another.</summary>
    [Id(8)]
    public int Failures { get; set; }

    /// <summary>No training is asked for before; null: at once.</summary>
    [Id(9)]
    public DateTimeOffset? NotBefore { get; set; }

    /// <summary>Decided, and not yet known to be begun.</summary>
    [Id(10)]
    public FleetIntent? Intent { get; set; }
}

/// <summary>A move that the agent is about to make. Stored first: one that was killed in between
/// finds what it began instead of beginning it twice.</summary>
/// <param name="DecidedAt">Nothing begun before is meant.</param>
[GenerateSerializer, Alias("hmas.fleet-intent")]
internal sealed record FleetIntent([property: Id(0)] FleetMove Move, [property: Id(1)] DateTimeOffset DecidedAt);
