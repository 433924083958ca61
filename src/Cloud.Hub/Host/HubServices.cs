namespace Cloud.Hub.Host;

/// <summary>The rooms of the hub by name, with the port each owns.</summary>
public static class HubServices
{
    public const string Perception = "perception";
    public const string Memory = "memory";
    public const string Learning = "learning";
    public const string Reasoning = "reasoning";
    public const string Communication = "communication";
    public const string Feedback = "feedback";
    public const string Integration = "integration";
    public const string Specialized = "specialized";
    public const string Redistribution = "redistribution";

    /// <summary>Not a service: where people see the hub. Open when Integration runs here.</summary>
    public const string Front = "front";

    /// <summary>In order of their ports.</summary>
    public static IReadOnlyList<string> All { get; } =
        [Perception, Memory, Learning, Reasoning, Communication, Feedback, Integration, Specialized, Redistribution];

    /// <summary>Before the offset. <c>docs/architecture.md</c> holds the same table.</summary>
    public static int DefaultPort(string service) => service switch
    {
        Perception => 8100,
        Memory => 8200,
        Learning => 8300,
        Reasoning => 8400,
        Communication => 8500,
        Feedback => 8600,
        Integration => 8700,
        Specialized => 8800,
        Redistribution => 8900,
        Front => 8080,
        _ => throw new ArgumentException($"no service is called '{service}'", nameof(service)),
    };
}
