using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Edge.Tests.Sync.Downlink;

/// <summary>A real Kestrel that serves one package as the test wants it, and remembers what was asked.</summary>
internal sealed class PackageServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private PackageServer(WebApplication app) => _app = app;

    public string Address { get; private set; } = "";

    /// <summary>The <c>Range</c> of each request, empty without one.</summary>
    public List<string> Ranges { get; } = [];

    /// <param name="answer">Gets the context and the request's number, 0 for the first.</param>
    public static async Task<PackageServer> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = new PackageServer(builder.Build());
        server._app.Run(context =>
        {
            int number;
            lock (server.Ranges)
            {
                number = server.Ranges.Count;
                server.Ranges.Add(context.Request.Headers.Range.ToString());
            }

            return answer(context, number);
        });
        await server._app.StartAsync();
        server.Address = server._app.Services.GetService(
            typeof(Microsoft.AspNetCore.Hosting.Server.IServer)) is Microsoft.AspNetCore.Hosting.Server.IServer host
            ? host.Features.Get<IServerAddressesFeature>()!.Addresses.First()
            : throw new InvalidOperationException("Kestrel has no address");
        return server;
    }

    /// <summary>As any server of files does: 206 for a range, 200 otherwise.</summary>
    public static Task ServeAsync(HttpContext context, byte[] package) => Results.Bytes(package, enableRangeProcessing: true).ExecuteAsync(context);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
