using System.Net;
using System.Net.Http.Headers;
using Cloud.Hub.Host;
using Cloud.Hub.Host.Ports;
using Cloud.Hub.Host.Security;
using Cloud.Hub.Host.Settings;
using Grpc.Net.Client;
using Hmas.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Cloud.Hub.Tests.Host;

/// <summary>A real hub in this process: all its ports moved to free ones, its state in a folder of its own that goes with it.</summary>
/// <remarks><c>await using var hub = await HubFixture.StartAsync(services: "memory");</c> then
/// <see cref="Http"/>, <see cref="Grpc"/> and <see cref="Get"/>.</remarks>
public sealed class HubFixture : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TempFolder? _folder;
    private bool _hasStopped;

    private HubFixture(WebApplication app, string data, TempFolder? folder)
    {
        (_app, Folder, _folder) = (app, data, folder);
        Ports = Get<HubPorts>();
        OperatorToken = File.ReadAllText(HubTokens.OperatorFile(Get<HubPaths>())).Trim();
        EnrolmentToken = File.ReadAllText(HubTokens.EnrolmentFile(Get<HubPaths>())).Trim();
    }

    /// <summary>The data folder.</summary>
    public string Folder { get; }

    public HubPorts Ports { get; }

    public string OperatorToken { get; }

    public string EnrolmentToken { get; }

    /// <param name="services">As <c>--services</c>.</param>
    /// <param name="settings">Configuration keys, for example <c>Communication:…</c>.</param>
    /// <param name="folder">Data folder to go on with; null: a new one, deleted in the end.</param>
    /// <param name="adjust">Last word on the services: another clock, a probe.</param>
    public static async Task<HubFixture> StartAsync(
        string services = "all", IReadOnlyDictionary<string, string?>? settings = null, string? folder = null,
        Action<IServiceCollection>? adjust = null)
    {
        var own = folder is null ? new TempFolder() : null;
        var data = folder ?? own!.Path;
        var values = new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>(), StringComparer.OrdinalIgnoreCase)
        {
            ["Data"] = data,
            ["Services"] = services,
        };
        values.TryAdd("PortOffset", FreePorts.HubOffset().ToString(System.Globalization.CultureInfo.InvariantCulture));
        values.TryAdd("Log:Level", "Warning");
        values.TryAdd("Communication:Embedded:MeasureAtStart", "false");
        WebApplication? app = null;
        try
        {
            app = HubBuilder.Build(HubSettings.Load(null, values, environment: false), adjust);
            await app.StartAsync();
            return new HubFixture(app, data, own);
        }
        catch
        {
            if (app is not null) await app.DisposeAsync();
            own?.Dispose();
            throw;
        }
    }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    /// <summary>For a service's port, as the operator unless another token is given; empty: as nobody.</summary>
    public HttpClient Http(string service, string? token = null)
    {
        var client = new HttpClient { BaseAddress = Address(service) };
        token ??= OperatorToken;
        if (token.Length > 0) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return client;
    }

    public Uri Address(string service) => new($"http://127.0.0.1:{Ports[service]}");

    /// <summary>A channel to a service's port, as the operator unless another token is given; empty: as nobody.</summary>
    public GrpcChannel Grpc(string service, string? token = null) =>
        GrpcChannel.ForAddress(Address(service), new GrpcChannelOptions { HttpClient = Http2(service, token), DisposeHttpClient = true });

    /// <summary>Stops without a farewell: no grain is handed over, no loop drains.</summary>
    public async Task CrashAsync()
    {
        _hasStopped = true;
        await _app.StopAsync(new CancellationToken(canceled: true));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_hasStopped) await _app.StopAsync();
        await _app.DisposeAsync();
        _folder?.Dispose();
    }

    private HttpClient Http2(string service, string? token)
    {
        var client = Http(service, token);
        client.DefaultRequestVersion = HttpVersion.Version20;
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return client;
    }
}
