namespace Cloud.Hub.Redistribution.Rollouts;

internal enum GateOutcome
{
    /// <summary>Not enough is known yet.</summary>
    Wait,

    Pass,
    Fail,
}
