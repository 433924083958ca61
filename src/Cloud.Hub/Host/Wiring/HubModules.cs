using Cloud.Hub.Integration;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Which modules there are: what each adds, maps and can be told. The one place that names them all.</summary>
internal static class HubModules
{
    /// <summary>Settings sections beside <see cref="HubOptions"/>, and the type that each is read into.</summary>
    public static IReadOnlyList<(string Section, Type Options)> Options { get; } = [(IntegrationOptions.Section, typeof(IntegrationOptions))];

    /// <summary>Adds the services that run in this process, and clients of those that do not.</summary>
    public static IServiceCollection AddModules(this IServiceCollection services, IConfiguration configuration, HubOptions options)
    {
        if (options.SelectedServices().Contains(HubServices.Integration)) services.AddIntegration(configuration);
        return services;
    }

    /// <summary>Maps each service's endpoints, which answer on its own port only.</summary>
    public static void MapModules(this WebApplication app, Ports.HubPorts ports)
    {
        if (ports.Listeners.ContainsKey(HubServices.Integration)) app.MapIntegration(ports);
    }
}
