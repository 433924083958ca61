namespace Edge.Agent.Reasoning;

/// <summary>What the engine remembers of a rule within a run.</summary>
internal struct RuleState
{
    /// <summary>One bit for each frame that the debounce counts, newest lowest: did the condition hold.</summary>
    public ulong Recent;

    /// <summary>Since when the condition holds without a break; valid while <see cref="Holds"/>.</summary>
    public long SinceUs;

    /// <summary>When the condition was last seen to hold.</summary>
    public long LastTrueUs;

    public bool Holds;

    public bool Raised;

    public long RaisedAtUs;
}
