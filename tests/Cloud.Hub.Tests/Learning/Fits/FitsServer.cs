using System.Net;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Endpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Cloud.Hub.Tests.Learning.Fits;

/// <summary>The fits' gRPC endpoint on a free loopback port.</summary>
internal sealed class FitsServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FitsServer(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<FitsServer> StartAsync(IFitJobs jobs)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore()
            .ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0, static listener => listener.Protocols = HttpProtocols.Http2));
        builder.Services.AddRouting().AddSingleton(jobs).AddGrpc(static grpc => grpc.MaxReceiveMessageSize = 64 << 20);
        var app = builder.Build();
        app.UseRouting();
        app.MapGrpcService<FitsEndpoint>();
        await app.StartAsync();
        return new FitsServer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
