using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hmas.Messaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Communication;

/// <summary>A device's client with its loop.</summary>
public sealed class RunningDevice : IAsyncDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly Task _loop;

    private RunningDevice(FleetClientSettings settings)
    {
        Client = new FleetClient(settings, TimeProvider.System, NullLogger.Instance);
        _loop = Client.RunAsync(CancellationToken.None);
    }

    public FleetClient Client { get; }

    public static async Task<RunningDevice> ConnectAsync(FleetClientSettings settings)
    {
        var device = new RunningDevice(settings);
        await device.ChangeAsync(connected: true);
        return device;
    }

    public async Task ChangeAsync(bool connected)
    {
        while ((await Client.Connections.ReadAsync().AsTask().WaitAsync(Limit)).Connected != connected)
        {
        }
    }

    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain = false) => Client.PublishAsync(topic, payload, retain, Limit, default);

    /// <summary>The next document on a topic; others are passed over.</summary>
    public async Task<T> NextAsync<T>(string topic, JsonTypeInfo<T> type)
    {
        while (true)
        {
            var message = await Client.Inbound.ReadAsync().AsTask().WaitAsync(Limit);
            if (message.Topic == topic) return JsonSerializer.Deserialize(message.Payload.Span, type)!;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _loop;
    }
}
