using System.Buffers;
using System.Net;
using System.Text.Json;
using Cloud.Hub.Host;
using Hmas.Storage;
using MQTTnet;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace Cloud.Hub.Communication.Broker;

/// <summary>How many messages the embedded broker carries on this machine: measured for a second and kept in the
/// data folder for a month, since it says when a real broker is due.</summary>
internal sealed class BrokerSpeed(HubPaths paths, Rejections rejections, TimeProvider time, ILogger<BrokerSpeed> logger)
{
    private const int Senders = 16;

    /// <summary>Half a batch of facts.</summary>
    private const int PayloadBytes = 2048;

    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    /// <summary>Hubs are updated and machines changed below them.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    /// <summary>What an earlier start of the last month found on as many processors, otherwise a new measurement.</summary>
    public async Task<Measurement> OfThisMachineAsync(CancellationToken cancellation)
    {
        var path = paths.Folder("broker-speed.json");
        if (Kept(path) is { } kept && kept.Processors == Environment.ProcessorCount && time.GetUtcNow() - kept.MeasuredAt < KeptFor) return kept;
        var measured = new Measurement(await MeasureAsync(cancellation), PayloadBytes, Environment.ProcessorCount, time.GetUtcNow());
        AtomicFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(measured, JsonSerializerOptions.Web));
        return measured;
    }

    private Measurement? Kept(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            return JsonSerializer.Deserialize<Measurement>(File.ReadAllBytes(path), JsonSerializerOptions.Web);
        }
        catch (JsonException e)
        {
            logger.SpeedUnreadable(path, e.Message);
            return null;
        }
    }

    /// <summary>Senders on this machine publish as devices do, QoS 1 and one after the other, to a
    /// broker that takes each message where it is read.</summary>
    private async Task<long> MeasureAsync(CancellationToken cancellation)
    {
        using var listener = new BrokerListener(
            new BrokerEndpoint(0, IPAddress.Loopback, 0, null), new EmbeddedBrokerOptions(), rejections, time, logger);
        using var server = new MqttServerFactory().CreateMqttServer(new MqttServerOptions(), [listener]);
        server.InterceptingPublishAsync += taken =>
        {
            taken.ProcessPublish = false;
            return Task.CompletedTask;
        };
        await server.StartAsync();
        var from = time.GetTimestamp();
        var sent = await Task.WhenAll(Enumerable.Range(0, Senders).Select(i => SendAsync(listener.Port, $"sender-{i}", from, cancellation)));
        var seconds = time.GetElapsedTime(from).TotalSeconds;
        await server.StopAsync(new MqttServerStopOptions());
        return (long)(sent.Sum() / seconds);
    }

    private async Task<long> SendAsync(int port, string id, long from, CancellationToken cancellation)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer(IPAddress.Loopback.ToString(), port).WithClientId(id).Build(), cancellation);
        var message = new MqttApplicationMessage { Topic = id, Payload = new ReadOnlySequence<byte>(
            new byte[PayloadBytes]), QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce };
        long sent = 0;
        for (; time.GetElapsedTime(from) < Duration; sent++) await client.PublishAsync(message, cancellation);
        await client.DisconnectAsync(cancellationToken: cancellation);
        return sent;
    }

    /// <param name="MessagesPerSecond">All senders together.</param>
    /// <param name="Processors">Of the machine; on another number the figure says nothing.</param>
    internal sealed record Measurement(long MessagesPerSecond, int PayloadBytes, int Processors, DateTimeOffset MeasuredAt);
}
