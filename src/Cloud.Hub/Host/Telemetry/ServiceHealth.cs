using Hmas.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cloud.Hub.Host.Telemetry;

/// <summary>How a service says what its health is: checks that count on its own port.</summary>
internal static class ServiceHealth
{
    /// <param name="name">As the answer of <c>/healthz</c> has it.</param>
    /// <param name="owners">In <see cref="HubServices"/>: whose port the check counts on.</param>
    public static IServiceCollection AddStoreHealth<T>(
        this IServiceCollection services, string name, IEnumerable<string> owners, Func<T, DatabaseHealth> look)
        where T : notnull
    {
        services.AddHealthChecks()
            .Add(new HealthCheckRegistration(name, provider => new StoreHealth(() => look(provider.GetRequiredService<T>())), null, owners));
        return services;
    }

    /// <summary>Adds a loop that goes on through failures, and the check that shows them.</summary>
    public static IServiceCollection AddTroubledLoop<T>(this IServiceCollection services, string name, params string[] owners)
        where T : BackgroundService, ITroubled
    {
        services.AddSingleton<T>().AddHostedService(static provider => provider.GetRequiredService<T>());
        services.AddHealthChecks()
            .Add(new HealthCheckRegistration(name, static provider => new LoopHealth(provider.GetRequiredService<T>()), null, owners));
        return services;
    }
}
