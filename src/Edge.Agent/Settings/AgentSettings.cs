namespace Edge.Agent.Settings;

/// <summary>Everything the agent was told, checked.</summary>
internal sealed record AgentSettings
{
    public required DeviceOptions Device { get; init; }

    public required SensorOptions Sensor { get; init; }

    public required PipelineOptions Pipeline { get; init; }

    public required ModelOptions Model { get; init; }

    public required RulesOptions Rules { get; init; }

    public required IReadOnlyList<ActuatorOptions> Actuators { get; init; }

    public required ExperienceOptions Experience { get; init; }

    public required OutboxOptions Outbox { get; init; }

    public required HubOptions Hub { get; init; }

    public required PeerOptions Peers { get; init; }

    public required StatusOptions Status { get; init; }

    public required LogOptions Log { get; init; }

    public required DecisionLogOptions DecisionLog { get; init; }

    public string StatusSocket => Status.Socket ?? Path.Combine(Device.StateFolder, "status.sock");
}
