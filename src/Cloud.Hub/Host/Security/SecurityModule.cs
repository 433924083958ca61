using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cloud.Hub.Host.Security;

/// <summary>Deny by default: who may call, and how often.</summary>
internal static class SecurityModule
{
    public static IServiceCollection AddSecurity(this IServiceCollection services, HubOptions options)
    {
        services.AddSingleton<HubTokens>().AddSingleton<FailedSignIns>();
        services.TryAddSingleton<IDeviceCredentials, NoDeviceCredentials>();
        services.AddAuthentication(HubAuthentication.Scheme)
            .AddScheme<AuthenticationSchemeOptions, HubAuthentication>(HubAuthentication.Scheme, null);
        services.AddAuthorization(HubPolicies.Add);
        // Not the framework's middleware: its timer would hold a hub that has ended, all of it, for as long as the process lives.
        services.AddSingleton<PartitionedRateLimiter<HttpContext>>(_ => PartitionedRateLimiter.Create<HttpContext, string>(
            context => RateLimitPartition.GetTokenBucketLimiter(
                Caller(context),
                _ => new TokenBucketRateLimiterOptions
                {
                    TokenLimit = options.Limits.RequestBurst,
                    TokensPerPeriod = Math.Max(1, options.Limits.RequestsPerSecond / 10),
                    ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
                    QueueLimit = 0,
                })));
        return services;
    }

    /// <summary>Authentication first, so that the limit counts identities and not whole sites behind one address.</summary>
    public static void UseSecurity(this WebApplication app)
    {
        // An answer that does not say itself that it may be kept is kept by nobody on its way.
        app.Use(static (context, next) =>
        {
            context.Response.OnStarting(
                static state =>
                {
                    var headers = ((HttpResponse)state).Headers;
                    if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store";
                    return Task.CompletedTask;
                },
                context.Response);
            return next(context);
        });
        app.UseAuthentication();
        var limiter = app.Services.GetRequiredService<PartitionedRateLimiter<HttpContext>>();
        app.Use(async (context, next) =>
        {
            using var lease = limiter.AttemptAcquire(context);
            if (lease.IsAcquired) await next(context);
            else context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        });
        app.UseAuthorization();
    }

    private static string Caller(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : context.Connection.RemoteIpAddress?.ToString() ?? "";
}
