namespace Edge.Agent.Reasoning;

/// <summary>What an actuator shall do.</summary>
/// <param name="Actuator">Name of a configured actuator.</param>
/// <param name="Command">Word that the actuator knows, for example <c>open</c>, <c>close</c>, <c>set</c>, <c>write</c>.</param>
/// <param name="Value">Argument of the command; NaN without one.</param>
internal sealed record ActuatorCommand(string Actuator, string Command, float Value = float.NaN);
