using Cloud.Hub.Host;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Learning.Active;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Endpoints;
using Cloud.Hub.Learning.Federated;
using Cloud.Hub.Learning.Fits;
using Cloud.Hub.Learning.Search;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Learning.Workers;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning;

/// <summary>The door of the Learning service: what it registers and what it serves.</summary>
internal static class LearningModule
{
    public static IServiceCollection AddLearning(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<LearningOptions>().Bind(configuration.GetSection(LearningOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<LearningOptions>, LearningOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<LearningMetrics>();
        services.AddSingleton<RunStore>();
        services.AddSingleton<TrainingQueue>();
        services.AddSingleton<IRunReporter, RunReporter>();
        services.AddSingleton<ExperienceCollector>();
        services.AddSingleton<ConfirmedFaults>();
        services.AddSingleton<FitSignal>();
        services.AddSingleton<FitJobs>().AddSingleton<IFitJobs>(static provider => provider.GetRequiredService<FitJobs>());
        services.AddSingleton<FederatedInvitations>();
        services.AddSingleton<FederatedRounds>();
        services.AddSingleton<StudyFiles>();
        services.AddSingleton<SearchJob>();
        services.AddSingleton<ModelFitter>();
        services.AddSingleton<RunPreparation>();
        services.AddSingleton<CandidateJudge>();
        services.AddSingleton<SilencedQuestions>();
        services.AddSingleton<TrainingPipeline>();
        services.AddSingleton<ITrainingRuns, LearningService>();
        services.AddHostedService<TrainingWorker>();
        services.AddHostedService<LocalFitWorker>();
        services.AddHostedService<PlanLoop>();
        services.AddSingleton<ILabelQuestions, LabelQueue>();
        services.AddSingleton<MoreLikeThese>();
        services.AddSingleton<LabelLoop>().AddHostedService(static provider => provider.GetRequiredService<LabelLoop>());
        services.AddStoreHealth<RunStore>("runs", [HubServices.Learning], static store => store.Health);
        return services;
    }

    public static void MapLearning(this IEndpointRouteBuilder routes)
    {
        routes.MapGrpcService<LearningEndpoint>();
        routes.MapGrpcService<FitsEndpoint>();
    }
}
