namespace Edge.Agent.Actions;

internal enum ActionOutcome
{
    Done,

    /// <summary>The actuator refused or broke; its safe state was asked for.</summary>
    Failed,

    /// <summary>No answer within the time limit; the safe state was asked for.</summary>
    TimedOut,

    /// <summary>More commands than the rate limit allows; not carried out.</summary>
    RateLimited,

    /// <summary>The dispatcher's queue was full; not carried out.</summary>
    Dropped,

    /// <summary>No actuator of this name.</summary>
    Unknown,
}
