using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Communication;

/// <summary>What the hub's broker spends on clients that it does not know, and what it says of itself.</summary>
public sealed class BrokerLimitTests
{
    /// <summary>256 MiB, the protocol's largest, announced by nobody: MQTTnet would make room for it first.</summary>
    [Fact]
    public async Task A_stranger_that_announces_a_huge_packet_is_cut_off_before_it_is_read()
    {
        await using var hub = await CommunicationFixture.StartAsync();
        using var stranger = new TcpClient("127.0.0.1", hub.Port);
        var line = stranger.GetStream();
        await line.WriteAsync(new byte[] { 0x10, 0xFF, 0xFF, 0xFF, 0x7F });
        await RequireEndAsync(line);
    }

    [Fact]
    public async Task Connections_beyond_the_limit_are_closed_and_those_within_go_on()
    {
        await using var hub = await CommunicationFixture.StartAsync(("Communication:Embedded:MaxConnections", "1"));
        await using var device = await hub.ConnectAsync("s-1", "d-1");
        var strangers = new List<TcpClient>();
        try
        {
            // One place is the device's; 64 are kept for those that are coming in.
            for (var i = 0; i < 64; i++) strangers.Add(new TcpClient("127.0.0.1", hub.Port));
            // Each of those was taken before the next came, so the last one is one too many.
            using var last = new TcpClient("127.0.0.1", hub.Port);
            await RequireEndAsync(last.GetStream());
            Assert.True(device.Client.IsConnected);
        }
        finally
        {
            strangers.ForEach(stranger => stranger.Dispose());
        }
    }

    [Fact]
    public async Task The_first_start_measures_what_the_broker_carries_and_the_next_one_remembers_it()
    {
        await using var hub = await CommunicationFixture.StartAsync(("Communication:Embedded:MeasureAtStart", "true"));
        var path = Path.Combine(hub.Folder, "broker-speed.json");
        var first = await File.ReadAllTextAsync(path);
        var speed = JsonDocument.Parse(first).RootElement;
        Assert.True(speed.GetProperty("messagesPerSecond").GetInt64() > 0, first);
        Assert.Equal(Environment.ProcessorCount, speed.GetProperty("processors").GetInt32());
        await hub.RestartAsync();
        Assert.Equal(first, await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task A_kept_figure_of_long_ago_is_measured_again()
    {
        await using var hub = await CommunicationFixture.StartAsync(("Communication:Embedded:MeasureAtStart", "true"));
        var path = Path.Combine(hub.Folder, "broker-speed.json");
        var old = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        old["measuredAt"] = TimeProvider.System.GetUtcNow().AddDays(-31);
        await File.WriteAllTextAsync(path, old.ToJsonString());
        await hub.RestartAsync();
        var measuredAt = JsonNode.Parse(await File.ReadAllTextAsync(path))!["measuredAt"]!.GetValue<DateTimeOffset>();
        Assert.InRange(TimeProvider.System.GetUtcNow() - measuredAt, TimeSpan.Zero, TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task A_kept_figure_that_cannot_be_read_is_measured_again()
    {
        await using var hub = await CommunicationFixture.StartAsync(("Communication:Embedded:MeasureAtStart", "true"));
        var path = Path.Combine(hub.Folder, "broker-speed.json");
        await File.WriteAllTextAsync(path, "{");
        await hub.RestartAsync();
        Assert.Contains("messagesPerSecond", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
    }

    /// <summary>An end, or a reset: that is what TCP says where bytes of ours were left unread.</summary>
    private static async Task RequireEndAsync(NetworkStream line)
    {
        try
        {
            Assert.Equal(0, await line.ReadAsync(new byte[1]).InTimeAsync());
        }
        catch (IOException end)
        {
            Assert.Equal(SocketError.ConnectionReset, Assert.IsType<SocketException>(end.InnerException).SocketErrorCode);
        }
    }
}
