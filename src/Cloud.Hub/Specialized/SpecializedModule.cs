using Cloud.Hub.Specialized.Contract;
using Cloud.Hub.Specialized.Endpoints;
using Cloud.Hub.Specialized.Pump;

namespace Cloud.Hub.Specialized;

/// <summary>Adds the domain packs; the first is the pump's.</summary>
internal static class SpecializedModule
{
    public static IServiceCollection AddSpecialized(this IServiceCollection services, IConfiguration configuration) =>
        services.AddMetrics().AddSingleton<SpecializedMetrics>().AddSingleton<IPumpDomain, PumpDomain>();

    public static void MapSpecialized(this IEndpointRouteBuilder routes) => routes.MapGrpcService<SpecializedEndpoint>();
}
