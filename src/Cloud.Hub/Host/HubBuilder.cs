using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication;
using Cloud.Hub.Host.Grains;
using Cloud.Hub.Host.Ports;
using Cloud.Hub.Host.Security;
using Cloud.Hub.Host.Settings;
using Cloud.Hub.Host.Telemetry;
using Cloud.Hub.Host.Wiring;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Serilog;
using Serilog.Formatting.Compact;

namespace Cloud.Hub.Host;

/// <summary>Puts the hub together: one web host, a listener a service, the same rules on all of them.</summary>
internal static class HubBuilder
{
    /// <param name="adjust">Last word on the services, for tests: another clock, a probe.</param>
    /// <exception cref="HubStartException">It cannot start as told; the message says why and what to do.</exception>
    public static WebApplication Build(HubSettings settings, Action<IServiceCollection>? adjust = null)
    {
        var options = settings.Options;
        var certificate = Exposure.Require(options);
        Exposure.RequireSecretLines(options);
        var ports = new HubPorts(options);
        var silo = !GrainModule.IsNeeded(options)
            ? null : options.Cluster.Redis.Length == 0 ? IPAddress.Loopback : options.Cluster.AdvertisedAddress();
        PortProbe.Require(ports, silo, CommunicationModule.IsBroker(settings.Configuration, options), certificate is not null);
        var paths = Prepare(options);

        var builder = WebApplication.CreateEmptyBuilder(
            new WebApplicationOptions { ApplicationName = "hmas-hub", ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(settings.Configuration);
        builder.Services.AddSerilog(log => Configure(log, options.Log));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = options.Limits.MaxConnections;
            kestrel.Limits.MaxConcurrentUpgradedConnections = options.Limits.MaxWebSockets;
            kestrel.Limits.MaxRequestBodySize = options.Limits.MaxRequestBytes;
            foreach (var port in ports.Listeners.Values)
            {
                kestrel.Listen(ports.Address, port, listener =>
                {
                    if (certificate is null)
                    {
                        CleartextHttp2.Use(listener);
                    }
                    else
                    {
                        listener.Protocols = HttpProtocols.Http1AndHttp2;
                        listener.UseHttps(certificate);
                    }
                });
            }
        });
        if (certificate is not null) builder.WebHost.UseKestrelHttpsConfiguration();

        AddHub(builder, options, ports, paths);
        adjust?.Invoke(builder.Services);
        var app = builder.Build();
        _ = app.Services.GetRequiredService<HubTokens>();    // a token file that others may read stops the start, not the first request
        _ = app.Services.GetRequiredService<BusMetrics>();
        MapHub(app, ports, openMetrics: certificate is null);
        app.Lifetime.ApplicationStarted.Register(() => Announce(
            app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Cloud.Hub.Host"), ports, paths, certificate is null ? "http" : "https"));
        return app;
    }

    private static void AddHub(WebApplicationBuilder builder, HubOptions options, HubPorts ports, HubPaths paths)
    {
        var services = builder.Services;
        services.AddSingleton(options).AddSingleton(ports).AddSingleton(paths).AddSingleton(TimeProvider.System).AddSingleton<EventBus>()
            .AddSingleton<BusMetrics>();
        services.AddRouting();
        services.AddSingleton<MatcherPolicy, ServicePortPolicy>();
        services.AddTelemetry().AddHealth();
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = checked((int)Math.Min(options.Limits.MaxRequestBytes, int.MaxValue));
            grpc.EnableDetailedErrors = false;
        });
        services.AddGrpcReflection();
        services.AddProblemDetails();
        services.ConfigureHttpJsonOptions(static http =>
        {
            http.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
            http.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
            http.SerializerOptions.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
        });
        if (GrainModule.IsNeeded(options)) builder.AddGrains(options, ports);
        services.AddModules(builder.Configuration, options);
        services.AddSecurity(options);    // after the modules: one of them may know the devices' credentials
    }

    private static void MapHub(WebApplication app, HubPorts ports, bool openMetrics)
    {
        app.UseExceptionHandler();
        // A gRPC client reads the status; a body of problem details is no content type that it may be given.
        app.UseWhen(
            static context => context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) != true,
            static branch => branch.UseStatusCodePages());
        app.UseMetricsOfPort(ports.Listeners.ToDictionary(static pair => pair.Value, static pair => pair.Key));
        app.UseWebSockets();
        app.UseRouting();
        app.UseSecurity();
        app.MapHealth(ports);
        app.MapTelemetry(openMetrics);
        app.MapGrpcReflectionService();
        app.MapModules(ports);
    }

    private static void Announce(Microsoft.Extensions.Logging.ILogger logger, HubPorts ports, HubPaths paths, string scheme)
    {
        foreach (var (service, port) in ports.Listeners) logger.HubStarted(service, scheme, ports.Address, port);
        if (ports.Listeners.TryGetValue(HubServices.Front, out var front)) logger.DashboardIs(scheme, ports.Address, front);
        logger.TokensAre(paths.DataFolder);
    }

    private static HubPaths Prepare(HubOptions options)
    {
        var folder = Path.GetFullPath(options.Data);
        try
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new HubStartException($"data: the folder {folder} cannot be made: {e.Message}", e);
        }

        return new HubPaths(folder);
    }

    private static void Configure(LoggerConfiguration log, LogOptions options)
    {
        log.MinimumLevel.Is(options.Level)
            .MinimumLevel.Override("Microsoft", Serilog.Events.LogEventLevel.Warning)
            // Its HTTP/2 warning is about TLS negotiation; the cleartext listeners take prior knowledge (Ports/CleartextHttp2.cs).
            .MinimumLevel.Override("Microsoft.AspNetCore.Server.Kestrel", Serilog.Events.LogEventLevel.Error)
            .MinimumLevel.Override("Polly", Serilog.Events.LogEventLevel.Warning)
            .MinimumLevel.Override("Orleans", Serilog.Events.LogEventLevel.Warning)
            // At each start it advises server GC, and calls the time since the machine started a hang.
            .MinimumLevel.Override("Orleans.Runtime.Silo", Serilog.Events.LogEventLevel.Error)
            .MinimumLevel.Override("Orleans.Runtime.Watchdog", Serilog.Events.LogEventLevel.Error)
            .MinimumLevel.Override("Grpc", Serilog.Events.LogEventLevel.Warning)
            .Enrich.FromLogContext();
        if (options.Json)
        {
            log.WriteTo.Console(new RenderedCompactJsonFormatter());
        }
        else
        {
            const string Line = "{Timestamp:HH:mm:ss} {Level:u3} {SourceContext} {Message:lj}{NewLine}{Exception}";
            log.WriteTo.Console(formatProvider: System.Globalization.CultureInfo.InvariantCulture, outputTemplate: Line);
        }
    }
}
