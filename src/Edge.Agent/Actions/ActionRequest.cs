using Edge.Agent.Reasoning;

namespace Edge.Agent.Actions;

/// <summary>A decision's command on its way to the actuator.</summary>
internal sealed record ActionRequest(ActuatorCommand Command, string RuleId, string AlarmId, long TimestampUs, IReadOnlyList<string> Reasons);
