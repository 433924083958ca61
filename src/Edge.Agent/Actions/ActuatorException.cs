namespace Edge.Agent.Actions;

/// <summary>An actuator could not do what was asked.</summary>
internal sealed class ActuatorException(string actuator, string reason, Exception? inner = null)
    : Exception($"actuator '{actuator}': {reason}", inner)
{
    public string Actuator { get; } = actuator;

    public string Reason { get; } = reason;
}
