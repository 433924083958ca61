using Cloud.Hub.Bus;
using Cloud.Hub.Host.Ports;
using Grpc.Core;
using V1 = Cloud.Hub.Bus.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Tells other hubs what happens in the services of this one.</summary>
/// <remarks>Only what happens here: events that came from another hub belong to a service that does
/// not run here, so nothing goes round in circles.</remarks>
internal sealed class EventsEndpoint(EventBus bus, HubPorts ports, IHostApplicationLifetime lifetime) : V1.Events.EventsBase
{
    public override async Task Follow(V1.FollowRequest request, IServerStreamWriter<V1.Event> responseStream, ServerCallContext context)
    {
        var service = request.Service;
        if (!EventWire.Services.Contains(service) || !ports.Listeners.ContainsKey(service))
            throw new RpcException(new Status(StatusCode.NotFound, $"no events of '{service}' happen here"));
        using var subscription = bus.Subscribe($"{context.Peer} follows {service}", happened => EventWire.ServiceOf(happened) == service);
        // A stream without end would hold up the stop of this hub.
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, lifetime.ApplicationStopping);
        await context.WriteResponseHeadersAsync([]);    // the follower knows that it follows
        try
        {
            await foreach (var happened in subscription.Events.ReadAllAsync(ends.Token))
                await responseStream.WriteAsync(EventWire.ToWire(happened), ends.Token);
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.Unavailable, "the hub stops"));
        }
    }
}
