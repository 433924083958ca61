namespace Cloud.Hub.Reasoning.Fleet;

/// <summary>What the fleet's agent remembers; durable.</summary>
[GenerateSerializer, Alias("hmas.fleet-state")]
internal sealed class FleetState
{
    /// <summary>Runs already used up as a reason to train.</summary>
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

    /// <summary>Machine runs that have ended, of all devices.</summary>
    [Id(6)]
    public HashSet<string> EndedRuns { get; set; } = [];
}
