using Cloud.Hub.Communication;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Host.Ports;
using Cloud.Hub.Host.Security;
using Cloud.Hub.Integration;
using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Perception;
using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Reasoning;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Redistribution;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Specialized;
using Cloud.Hub.Specialized.Contract;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Which modules there are: what each adds, maps, can be told, provides and needs. The one place that names them all.</summary>
internal static class HubModules
{
    private static readonly HubModule[] All =
    [
        new(HubServices.Perception, (PerceptionOptions.Section, typeof(PerceptionOptions)),
            static (services, configuration) => services.AddPerception(configuration), static (routes, _) => routes.MapPerception(),
            static services => services.AddRemotePerception(), Doors: [typeof(ISecondOpinions)],
            Needs: [typeof(IFleet), typeof(IExperienceArchive), typeof(IModelRegistry)], Listens: true),
        new(HubServices.Memory, (MemoryOptions.Section, typeof(MemoryOptions)),
            static (services, configuration) => services.AddMemory(configuration), static (routes, _) => routes.MapMemory(),
            static services => services.AddRemoteMemory(), Doors: [typeof(IExperienceArchive), typeof(IFactArchive)], Needs: []),
        new(HubServices.Learning, (LearningOptions.Section, typeof(LearningOptions)),
            static (services, configuration) => services.AddLearning(configuration), static (routes, _) => routes.MapLearning(),
            static services => services.AddRemoteLearning(), Doors: [typeof(ITrainingRuns), typeof(ILabelQuestions)],
            Needs: [typeof(IExperienceArchive), typeof(IFeedback), typeof(IModelRegistry), typeof(IFleet)]),
        new(HubServices.Reasoning, (ReasoningOptions.Section, typeof(ReasoningOptions)),
            static (services, configuration) => services.AddReasoning(configuration), static (routes, _) => routes.MapReasoning(),
            static services => services.AddRemoteReasoning(), Doors: [typeof(IAgents)],
            Needs: [typeof(IFleet), typeof(IFactArchive), typeof(IFeedback), typeof(ITrainingRuns), typeof(IRollouts)], Listens: true),
        new(HubServices.Communication, (CommunicationOptions.Section, typeof(CommunicationOptions)),
            static (services, configuration) => services.AddCommunication(configuration).AddSingleton<IDeviceCredentials, CommunicationCredentials>(),
            static (routes, _) => routes.MapCommunication(),
            static services => services.AddRemoteCommunication(), Doors: [typeof(IFleet), typeof(IDeviceIdentities), typeof(IDeviceReports)],
            Needs: [typeof(IExperienceArchive)]),
        new(HubServices.Feedback, (FeedbackOptions.Section, typeof(FeedbackOptions)),
            static (services, configuration) => services.AddFeedback(configuration), static (routes, _) => routes.MapFeedback(),
            static services => services.AddRemoteFeedback(), Doors: [typeof(IFeedback)], Needs: [typeof(IExperienceArchive)], Listens: true),
        new(HubServices.Integration, (IntegrationOptions.Section, typeof(IntegrationOptions)),
            static (services, configuration) => services.AddIntegration(configuration), static (routes, ports) => routes.MapIntegration(ports),
            AddRemote: null, Doors: [],
            Needs:
            [
                typeof(IFleet), typeof(IExperienceArchive), typeof(IFeedback), typeof(ITrainingRuns), typeof(ILabelQuestions), typeof(IModelRegistry),
                typeof(IArtefactRegistry), typeof(IModelQuarantine), typeof(IRollouts), typeof(ITrustStatus),
                typeof(IAgents), typeof(ISecondOpinions), typeof(IPumpDomain),
            ],
            Listens: true),
        new(HubServices.Specialized, Section: null,
            static (services, configuration) => services.AddSpecialized(configuration), static (routes, _) => routes.MapSpecialized(),
            static services => services.AddRemoteSpecialized(), Doors: [typeof(IPumpDomain)], Needs: []),
        new(HubServices.Redistribution, (RedistributionOptions.Section, typeof(RedistributionOptions)),
            static (services, configuration) => services.AddRedistribution(configuration), static (routes, _) => routes.MapRedistribution(),
            static services => services.AddRemoteRedistribution(),
            Doors: [typeof(IModelRegistry), typeof(IArtefactRegistry), typeof(IModelQuarantine), typeof(IRollouts), typeof(ITrustStatus)],
            Needs: [typeof(IFleet), typeof(IDeviceReports), typeof(IFeedback), typeof(IFactArchive)]),
    ];

    /// <summary>Settings sections beside <see cref="HubOptions"/>, and the type that each is read into.</summary>
    public static IReadOnlyList<(string Section, Type Options)> Options { get; } =
        [.. All.Where(static module => module.Section is not null).Select(static module => (module.Section!.Value.Name, module.Section.Value.Type))];

    /// <summary>Adds the services that run in this process, and clients of those that do not.</summary>
    /// <exception cref="HubStartException">A remote is named that is no service, or runs here too.</exception>
    public static void AddModules(this IServiceCollection services, IConfiguration configuration, HubOptions options)
    {
        var selected = options.SelectedServices();
        foreach (var remote in options.Remotes.Keys)
        {
            if (!HubServices.All.Contains(remote))
                throw new HubStartException($"remotes: there is no service '{remote}'; known are {string.Join(", ", HubServices.All)}");
            if (selected.Contains(remote))
                throw new HubStartException($"remotes: {remote} runs in this process; leave it out of services or out of remotes");
        }

        services.AddSingleton<RemoteChannels>();
        if (All.Any(module => module.Listens && selected.Contains(module.Service))) services.AddHostedService<RemoteEvents>();
        foreach (var module in All)
        {
            if (selected.Contains(module.Service))
            {
                module.Add(services, configuration);
            }
            else if (options.Remotes.ContainsKey(module.Service))
            {
                module.AddRemote?.Invoke(services);
            }
        }
    }

    /// <summary>Maps each service's endpoints, which answer on its own port only.</summary>
    /// <exception cref="HubStartException">A service needs another that neither runs here nor has an address.</exception>
    public static void MapModules(this WebApplication app, HubPorts ports)
    {
        var known = app.Services.GetRequiredService<IServiceProviderIsService>();
        app.MapGrpcService<EventsEndpoint>();
        foreach (var module in All)
        {
            if (!ports.Listeners.TryGetValue(module.Service, out var port)) continue;
            foreach (var need in module.Needs)
            {
                if (known.IsService(need) || All.FirstOrDefault(other => other.Doors.Contains(need)) is not { } provider) continue;
                throw new HubStartException(
                    $"{module.Service} needs {provider.Service}: run it here too (--services), or say where it runs (remotes.{provider.Service})");
            }

            module.Map(app.MapGroup("").WithMetadata(new ServicePort(port)), ports);
        }
    }
}
