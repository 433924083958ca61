using System.Text.Json;
using Cloud.Hub.Bus;
using Grpc.Core;
using V1 = Cloud.Hub.Bus.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Brings onto this hub's bus what happens in services that run in other processes.</summary>
/// <remarks>As on the bus itself nothing is kept: what happens while the line is down is not told
/// later. Who must miss nothing reads the archive.</remarks>
internal sealed class RemoteEvents(HubOptions options, RemoteChannels channels, EventBus bus, TimeProvider time, ILogger<RemoteEvents> logger)
    : BackgroundService
{
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(1);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(options.Remotes.Keys.Where(EventWire.Services.Contains).Select(service => FollowAsync(service, stoppingToken)));

    private async Task FollowAsync(string service, CancellationToken cancellation)
    {
        var client = new V1.Events.EventsClient(channels.To(service));
        var isDown = false;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                using var call = client.Follow(new V1.FollowRequest { Service = service }, cancellationToken: cancellation);
                await call.ResponseHeadersAsync;
                logger.EventsFollowed(service, options.Remotes[service]);
                isDown = false;
                while (await call.ResponseStream.MoveNext(cancellation))
                {
                    if (EventWire.FromWire(call.ResponseStream.Current) is { } happened) bus.Publish(happened);
                }
            }
            catch (Exception e) when (e is RpcException or JsonException && !cancellation.IsCancellationRequested)
            {
                if (!isDown) logger.EventsSilent(service, options.Remotes[service], e.Message);
                isDown = true;
                await Task.Delay(BeforeNextTry, time, cancellation);
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException && cancellation.IsCancellationRequested)
            {
                return;
            }
        }
    }
}
