using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Specialized.Contract;
using Communication1 = Cloud.Hub.Communication.Contract.V1;
using Feedback1 = Cloud.Hub.Feedback.Contract.V1;
using Learning1 = Cloud.Hub.Learning.Contract.V1;
using Memory1 = Cloud.Hub.Memory.Contract.V1;
using Perception1 = Cloud.Hub.Perception.Contract.Grpc;
using Reasoning1 = Cloud.Hub.Reasoning.Contract.Grpc;
using Redistribution1 = Cloud.Hub.Redistribution.Contract.V1;
using Specialized1 = Cloud.Hub.Specialized.Contract.Grpc;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Registers a service's doors when it runs at another address.</summary>
internal static class RemoteServices
{
    public static void AddRemoteMemory(this IServiceCollection services)
    {
        services.AddSingleton(static provider => new ArchiveGrpcClient(new Memory1.Memory.MemoryClient(To(provider, HubServices.Memory))));
        services.AddSingleton<IExperienceArchive>(static provider => provider.GetRequiredService<ArchiveGrpcClient>());
        services.AddSingleton<IFactArchive>(static provider => provider.GetRequiredService<ArchiveGrpcClient>());
    }

    public static void AddRemoteCommunication(this IServiceCollection services)
    {
        services.AddSingleton(static provider => new FleetGrpcClient(
            new Communication1.Communication.CommunicationClient(To(provider, HubServices.Communication))));
        services.AddSingleton<IFleet>(static provider => provider.GetRequiredService<FleetGrpcClient>());
        services.AddSingleton<IDeviceIdentities>(static provider => provider.GetRequiredService<FleetGrpcClient>());
        services.AddSingleton<IDeviceReports>(static provider => provider.GetRequiredService<FleetGrpcClient>());
    }

    public static void AddRemoteFeedback(this IServiceCollection services) => services.AddSingleton<IFeedback>(static provider =>
        new FeedbackGrpcClient(new Feedback1.Feedback.FeedbackClient(To(provider, HubServices.Feedback))));

    public static void AddRemoteLearning(this IServiceCollection services) => services
        .AddSingleton<ITrainingRuns>(static provider => new LearningGrpcClient(
            new Learning1.Learning.LearningClient(To(provider, HubServices.Learning))))
        .AddSingleton<ILabelQuestions>(static provider => new LabelQueueGrpcClient(
            new Learning1.Learning.LearningClient(To(provider, HubServices.Learning))));

    public static void AddRemotePerception(this IServiceCollection services) => services.AddSingleton<ISecondOpinions>(static provider =>
        new OpinionsGrpcClient(new Perception1.Perception.PerceptionClient(To(provider, HubServices.Perception))));

    public static void AddRemoteReasoning(this IServiceCollection services) => services.AddSingleton<IAgents>(static provider =>
        new AgentsGrpcClient(new Reasoning1.Reasoning.ReasoningClient(To(provider, HubServices.Reasoning))));

    public static void AddRemoteSpecialized(this IServiceCollection services) => services.AddSingleton<IPumpDomain>(static provider =>
        new PumpGrpcClient(new Specialized1.Specialized.SpecializedClient(To(provider, HubServices.Specialized))));

    public static void AddRemoteRedistribution(this IServiceCollection services)
    {
        services.AddSingleton(static provider => new ModelsGrpcClient(
            new Redistribution1.Models.ModelsClient(To(provider, HubServices.Redistribution))));
        services.AddSingleton<IModelRegistry>(static provider => provider.GetRequiredService<ModelsGrpcClient>());
        services.AddSingleton<IModelQuarantine>(static provider => provider.GetRequiredService<ModelsGrpcClient>());
        services.AddSingleton<IArtefactRegistry>(static provider => new ArtefactsGrpcClient(
            new Redistribution1.Artefacts.ArtefactsClient(To(provider, HubServices.Redistribution))));
        services.AddSingleton<ITrustStatus>(static provider => new TrustGrpcClient(
            new Redistribution1.Trust.TrustClient(To(provider, HubServices.Redistribution))));
        services.AddSingleton<IRollouts>(static provider => new RolloutsGrpcClient(
            new Redistribution1.Rollouts.RolloutsClient(To(provider, HubServices.Redistribution))));
    }

    private static Grpc.Net.Client.GrpcChannel To(IServiceProvider provider, string service) =>
        provider.GetRequiredService<RemoteChannels>().To(service);
}
