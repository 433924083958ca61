namespace Edge.Agent.Actions;

/// <summary>How commands reach actuators.</summary>
internal sealed record ActionOptions
{
    /// <summary>An actuator that has not answered by then is told to enter its safe state.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Commands an actuator may get in <see cref="RateWindow"/>; more are refused. The safe state is never refused.</summary>
    public int RateLimit { get; init; } = 60;

    public TimeSpan RateWindow { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Commands that wait at most.</summary>
    public int QueueCapacity { get; init; } = 64;

    /// <exception cref="ArgumentException">Out of range; the message names the field.</exception>
    public void Validate()
    {
        if (TimeLimit <= TimeSpan.Zero) throw new ArgumentException($"TimeLimit: {TimeLimit} must be above 0");
        if (RateLimit < 1) throw new ArgumentException($"RateLimit: {RateLimit} must be above 0");
        if (RateWindow <= TimeSpan.Zero) throw new ArgumentException($"RateWindow: {RateWindow} must be above 0");
        if (QueueCapacity < 1) throw new ArgumentException($"QueueCapacity: {QueueCapacity} must be above 0");
    }
}
