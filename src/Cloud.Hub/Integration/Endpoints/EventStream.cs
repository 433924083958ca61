using System.Net.WebSockets;
using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Integration.Domain;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>The WebSocket event stream: what happens in the hub, as it happens. A slow client loses its oldest events and is told how many.</summary>
/// <remarks>Messages of our own beside the bus events: <c>{"type":"Heartbeat"}</c> when there is nothing else
/// to say, <c>{"type":"Dropped","events":n}</c> after a loss.</remarks>
internal sealed class EventStream(
    EventBus bus, TimeProvider time, IOptions<IntegrationOptions> options, IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json,
    IntegrationMetrics metrics, IHostApplicationLifetime lifetime, ILogger<EventStream> logger)
{
    /// <summary>Beside it a browser offers <c>bearer.TOKEN</c>, which is never echoed.</summary>
    public const string Protocol = "hmas";

    /// <summary>Clients have nothing to say; more than this in one message ends the stream.</summary>
    private const int MaxInbound = 1_024;

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/events", static (HttpContext context, [FromServices] EventStream stream) => stream.ServeAsync(context)).WithTags("events")
            .WithSummary("WebSocket: hub events as JSON texts; subprotocols hmas and bearer.TOKEN, or a bearer header")
            .Produces(StatusCodes.Status101SwitchingProtocols).ProducesProblem(StatusCodes.Status400BadRequest);

    private async Task ServeAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Problem.Invalid("Upgrade", "this address speaks WebSocket only").ExecuteAsync(context);
            return;
        }

        var offersOurs = context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol);
        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = offersOurs ? Protocol : null,
            KeepAliveInterval = TimeSpan.FromSeconds(15),
            KeepAliveTimeout = TimeSpan.FromSeconds(15),
        });
        using var subscription = bus.Subscribe("event-stream", static _ => true, options.Value.EventQueue);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var caller = context.User.Identity?.Name ?? "";
        metrics.ClientCame();
        logger.EventClientCame(caller);
        try
        {
            var listening = ListenAsync(socket, ends);
            await TellAsync(socket, subscription, ends.Token);
            await listening;
        }
        finally
        {
            metrics.ClientWent();
            metrics.Dropped(subscription.Dropped);
            logger.EventClientWent(caller, subscription.Dropped);
        }

        await CloseAsync(socket);
    }

    private async Task TellAsync(WebSocket socket, EventBus.Subscription subscription, CancellationToken ends)
    {
        var thinner = new EventThinner(options.Value.TelemetryInterval);
        var serializer = json.Value.SerializerOptions;
        long toldDropped = 0;
        try
        {
            await BeatAsync(socket, ends);
            while (true)
            {
                if (!await HasEventAsync(subscription, ends)) await BeatAsync(socket, ends);
                while (subscription.Events.TryRead(out var happened))
                {
                    if (thinner.Pass(happened, time.GetUtcNow()) is { } passed) await SendAsync(socket, EventJson.Encode(passed, serializer), ends);
                }

                // Read once: more may be lost while this is being told.
                var dropped = subscription.Dropped;
                if (dropped == toldDropped) continue;
                await SendAsync(socket, JsonSerializer.SerializeToUtf8Bytes(new { type = "Dropped", events = dropped - toldDropped }, serializer), ends);
                toldDropped = dropped;
            }
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The client or the hub ends the stream.
        }
        catch (WebSocketException)
        {
            // The client is gone; there is nobody to tell.
        }
    }

    /// <summary>False when the heartbeat's time came first.</summary>
    private async Task<bool> HasEventAsync(EventBus.Subscription subscription, CancellationToken ends)
    {
        using var beat = new CancellationTokenSource(options.Value.Heartbeat, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ends, beat.Token);
        try
        {
            return await subscription.Events.WaitToReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (beat.IsCancellationRequested && !ends.IsCancellationRequested)
        {
            return false;
        }
    }

    private Task BeatAsync(WebSocket socket, CancellationToken ends) =>
        SendAsync(socket, JsonSerializer.SerializeToUtf8Bytes(new { type = "Heartbeat", at = time.GetUtcNow() }, json.Value.SerializerOptions), ends);

    private async Task SendAsync(WebSocket socket, byte[] text, CancellationToken ends)
    {
        await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, ends);
        metrics.Sent();
    }

    /// <summary>Notices when the client goes, and ends the stream then.</summary>
    private static async Task ListenAsync(WebSocket socket, CancellationTokenSource ends)
    {
        var buffer = new byte[MaxInbound];
        try
        {
            while (true)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), ends.Token);
                if (received.MessageType == WebSocketMessageType.Close || !received.EndOfMessage) break;
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // Gone without a word.
        }

        await ends.CancelAsync();
    }

    private static async Task CloseAsync(WebSocket socket)
    {
        if (socket.State is not (WebSocketState.Open or WebSocketState.CloseReceived)) return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException)
        {
            // It did not wait for the farewell.
        }
    }
}
