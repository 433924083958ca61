using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Feedback.Endpoints;
using Cloud.Hub.Feedback.Workers;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Memory.Contract;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Feedback;

/// <summary>The door of the Feedback service. It needs <see cref="IFactArchive"/>.</summary>
internal static class FeedbackModule
{
    public static IServiceCollection AddFeedback(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<FeedbackOptions>().Bind(configuration.GetSection(FeedbackOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<FeedbackOptions>, FeedbackOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton<FeedbackMetrics>();
        services.AddSingleton<OutcomeBook>();
        services.AddSingleton<IFeedback>(provider => provider.GetRequiredService<OutcomeBook>());
        services.AddHostedService<JoinLoop>();
        services.AddStoreHealth<OutcomeBook>("outcomes", [HubServices.Feedback], static book => book.Health);
        return services;
    }

    public static void MapFeedback(this IEndpointRouteBuilder routes) => routes.MapGrpcService<FeedbackEndpoint>();
}
