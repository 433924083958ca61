using System.Net;
using System.Net.Sockets;
using Hmas.Messaging;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Shared.Tests.Messaging;

/// <summary>Brokers that know 3.1.1 only, each in its own way of refusing 5.0.</summary>
public sealed class ProtocolFallbackTests
{
    [Theory]
    [InlineData("")]
    [InlineData("20020001")]
    [InlineData("20020084")]
    public async Task A_broker_that_refuses_5_is_spoken_to_in_3_1_1(string answerTo5)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(listener, Convert.FromHexString(answerTo5), stop.Token);
        await using (var client = new FleetClient(Settings(listener), TimeProvider.System, NullLogger.Instance))
        {
            var running = client.RunAsync(stop.Token);
            var change = await client.Connections.ReadAsync().InTimeAsync();
            Assert.Equal((true, MqttVersion.V311), (change.Connected, change.Version));
            await stop.CancelAsync();
            await running;
        }

        await serving;
    }

    private static FleetClientSettings Settings(TcpListener listener) => new()
    {
        Broker = new Uri($"mqtt://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"),
        ClientId = "fallback",
        StopTimeout = TimeSpan.FromMilliseconds(200),
        Backoff = new BackoffSettings { Initial = TimeSpan.FromMilliseconds(20), Cap = TimeSpan.FromMilliseconds(100) },
    };

    private static async Task ServeAsync(TcpListener listener, byte[] answerTo5, CancellationToken stop)
    {
        var open = new List<TcpClient>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptTcpClientAsync(stop);
                open.Add(client);
                var connect = new byte[512];
                var read = await client.GetStream().ReadAtLeastAsync(connect, 9, throwOnEndOfStream: false, stop);
                // Fixed header of two bytes, then "MQTT" with its length, then the protocol level.
                var level = read > 8 ? connect[8] : (byte)0;
                await client.GetStream().WriteAsync(level == 5 ? answerTo5 : new byte[] { 0x20, 2, 0, 0 }, stop);
                if (level == 5) client.Dispose();
            }
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            foreach (var client in open) client.Dispose();
        }
    }
}
