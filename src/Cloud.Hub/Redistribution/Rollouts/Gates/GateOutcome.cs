namespace Cloud.Hub.Redistribution.Rollouts.Gates;

internal enum GateOutcome
{
    /// <summary>Not enough is known yet.</summary>
    Wait,

    Pass,
    Fail,
}
