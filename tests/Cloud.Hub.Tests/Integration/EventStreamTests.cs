using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Host;
using Hmas.Contracts.Facts;
using Hmas.Testing;
using NSubstitute;

namespace Cloud.Hub.Tests.Integration;

public sealed class EventStreamTests : IDisposable
{
    private readonly CancellationTokenSource _patience = new(Eventually.Limit, TimeProvider.System);

    public void Dispose() => _patience.Dispose();

    [Fact]
    public async Task What_happens_arrives_with_its_type_and_camel_case_members()
    {
        await using var front = await FrontFixture.StartAsync();
        using var socket = await OpenAsync(front, viaHeader: true);
        front.Hub.Get<EventBus>().Publish(new RolloutTransitioned("r-1", "canary", "observing", "passed", "200 windows"));
        var happened = await NextAsync(socket, "RolloutTransitioned");
        Assert.Equal("r-1", happened.GetProperty("rolloutId").GetString());
        Assert.Equal("passed", happened.GetProperty("to").GetString());
    }

    [Fact]
    public async Task A_browser_gives_its_token_as_a_subprotocol_that_is_not_echoed()
    {
        await using var front = await FrontFixture.StartAsync();
        using var socket = await OpenAsync(front, viaHeader: false);
        Assert.Equal("hmas", socket.SubProtocol);
        Assert.Equal("Heartbeat", (await NextAsync(socket, "Heartbeat")).GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("hmas_op_guess")]
    public async Task Without_the_operators_token_there_is_no_stream(string token)
    {
        await using var front = await FrontFixture.StartAsync();
        using var socket = new ClientWebSocket();
        if (token.Length > 0) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
        socket.Options.CollectHttpResponseDetails = true;
        await Assert.ThrowsAsync<WebSocketException>(() => socket.ConnectAsync(Address(front), _patience.Token));
        Assert.Equal(HttpStatusCode.Unauthorized, socket.HttpStatusCode);
    }

    [Fact]
    public async Task Stored_facts_are_told_by_count_without_their_payload()
    {
        await using var front = await FrontFixture.StartAsync();
        using var socket = await OpenAsync(front, viaHeader: true);
        front.Hub.Get<EventBus>().Publish(new FactsStored(new FactBatch("harbour", "pump-1", 9, [new Fact(7, FactKind.Alarm, 1, new byte[500])])));
        var stored = await NextAsync(socket, "FactsStored");
        Assert.Equal(1, stored.GetProperty("facts").GetInt32());
        Assert.Equal(7, stored.GetProperty("lastSequence").GetInt64());
        Assert.True(stored.GetRawText().Length < 200);
    }

    [Fact]
    public async Task A_client_that_does_not_read_loses_the_oldest_and_is_told_how_many()
    {
        await using var front = await FrontFixture.StartAsync(new Dictionary<string, string?> { ["Integration:EventQueue"] = "16" });
        using var socket = await OpenAsync(front, viaHeader: true);
        var bus = front.Hub.Get<EventBus>();
        var long_ = new string('x', 60_000);
        const int Published = 2_000;
        for (var i = 1; i < Published; i++) bus.Publish(new AgentDecided("fleet", $"{i}", long_));
        bus.Publish(new AgentDecided("fleet", "last", ""));
        var (decisions, dropped) = (new List<string>(), 0L);
        // A loss may be told more than once, and before the newest event is there.
        while (decisions.Count + dropped < Published)
        {
            var happened = await NextAsync(socket, static happened => happened.GetProperty("type").GetString() is "AgentDecided" or "Dropped");
            if (happened.TryGetProperty("events", out var events)) dropped += events.GetInt64();
            else decisions.Add(happened.GetProperty("decision").GetString()!);
        }

        Assert.Equal(Published, decisions.Count + dropped);
        Assert.InRange(dropped, 1, Published - 1);
        Assert.Equal("last", decisions[^1]);
    }

    [Fact]
    public async Task Telemetry_is_kept_for_those_who_come_later()
    {
        await using var front = await FrontFixture.StartAsync();
        front.Doors.Fleet.DeviceAsync("pump-1", Arg.Any<CancellationToken>()).Returns(SampleFleet.Device("pump-1"));
        using var socket = await OpenAsync(front, viaHeader: true);
        front.Hub.Get<EventBus>().Publish(new TelemetryReceived("harbour", "pump-1", TelemetryCacheTests.Batch("run-7", 1, 2, 3)));
        await NextAsync(socket, "TelemetryReceived");
        var telemetry = await front.Http.GetFromJsonAsync<JsonElement>("/api/v1/devices/pump-1/telemetry?limit=2", _patience.Token);
        while (telemetry.GetProperty("points").GetArrayLength() == 0)
            telemetry = await front.Http.GetFromJsonAsync<JsonElement>("/api/v1/devices/pump-1/telemetry?limit=2", _patience.Token);
        Assert.Equal("run-7", telemetry.GetProperty("runId").GetString());
        Assert.Equal([2, 3], telemetry.GetProperty("points").EnumerateArray().Select(static point => point.GetProperty("timestampUs").GetInt64()));
        Assert.Equal("flow", telemetry.GetProperty("channels")[7].GetProperty("name").GetString());
    }

    [Fact]
    public async Task The_address_asked_without_upgrade_says_what_it_speaks()
    {
        await using var front = await FrontFixture.StartAsync();
        using var answer = await front.Http.GetAsync("/api/v1/events", _patience.Token);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("WebSocket", await answer.Content.ReadAsStringAsync(_patience.Token), StringComparison.Ordinal);
    }

    private static Uri Address(FrontFixture front) =>
        new UriBuilder(front.Hub.Address(HubServices.Front)) { Scheme = "ws", Path = "/api/v1/events" }.Uri;

    private async Task<ClientWebSocket> OpenAsync(FrontFixture front, bool viaHeader)
    {
        var socket = new ClientWebSocket();
        if (viaHeader)
        {
            socket.Options.SetRequestHeader("Authorization", $"Bearer {front.Hub.OperatorToken}");
        }
        else
        {
            socket.Options.AddSubProtocol("hmas");
            socket.Options.AddSubProtocol($"bearer.{front.Hub.OperatorToken}");
        }

        await socket.ConnectAsync(Address(front), _patience.Token);
        if (viaHeader) await NextAsync(socket, "Heartbeat");    // the stream is subscribed once it has spoken
        return socket;
    }

    private Task<JsonElement> NextAsync(WebSocket socket, string type) =>
        NextAsync(socket, happened => happened.GetProperty("type").GetString() == type);

    private async Task<JsonElement> NextAsync(WebSocket socket, Func<JsonElement, bool> isIt)
    {
        var buffer = new byte[128 * 1024];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(length), _patience.Token);
                length += received.Count;
            }
            while (!received.EndOfMessage);
            var happened = JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, length)).RootElement;
            if (isIt(happened)) return happened;
        }
    }
}
