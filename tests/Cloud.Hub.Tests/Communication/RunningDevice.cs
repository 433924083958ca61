using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Wire;
using Hmas.Messaging;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Cloud.Hub.Tests.Communication;

/// <summary>A device's client with its loop.</summary>
public sealed class RunningDevice : IAsyncDisposable
{
    private readonly Task _loop;

    private RunningDevice(FleetClientSettings settings, Action<FleetClient>? before)
    {
        Client = new FleetClient(settings, TimeProvider.System, NullLogger.Instance);
        before?.Invoke(Client);
        _loop = Client.RunAsync(CancellationToken.None);
    }

    public FleetClient Client { get; }

    /// <summary>The last change that was waited for.</summary>
    public ConnectionChange Connection { get; private set; }

    /// <param name="before">Done with the client before its loop runs.</param>
    public static async Task<RunningDevice> ConnectAsync(FleetClientSettings settings, Action<FleetClient>? before = null)
    {
        var device = new RunningDevice(settings, before);
        await device.ChangeAsync(connected: true);
        return device;
    }

    public async Task ChangeAsync(bool connected)
    {
        do Connection = await Client.Connections.ReadAsync().InTimeAsync();
        while (Connection.Connected != connected);
    }

    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain = false) =>
        Client.PublishAsync(topic, payload, retain, Eventually.Limit, default);

    /// <summary>The next document on a topic; others are passed over.</summary>
    public async Task<T> NextAsync<T>(string topic, JsonTypeInfo<T> type)
    {
        while (true)
        {
            var message = await Client.Inbound.ReadAsync().InTimeAsync();
            if (message.Topic == topic) return JsonSerializer.Deserialize(message.Payload.Span, type)!;
        }
    }

    /// <summary>Sends facts again and again as a device does, since an acknowledgement may be lost with a line;
    /// returns when the hub has acknowledged the last of them.</summary>
    public async Task SendUntilAcknowledgedAsync(FactBatch batch)
    {
        using var patience = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(500), TimeProvider.System);
        var heard = HeardAsync(batch);
        do
        {
            try
            {
                await PublishAsync(Topics.Facts(batch.SiteId, batch.DeviceId), FactBatchCodec.Encode(batch));
            }
            catch (MessagingException) when (!patience.IsCancellationRequested)
            {
                // The line is not back yet.
            }
        }
        while (!heard.IsCompleted && await again.WaitForNextTickAsync(patience.Token));
        await heard;
    }

    /// <summary>Acknowledgements of what was sent twice come twice: those are passed over.</summary>
    private async Task HeardAsync(FactBatch batch)
    {
        while ((await NextAsync(Topics.FactAck(batch.SiteId, batch.DeviceId), ContractsJson.Default.FactAck)).Sequence < batch.LastSequence)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _loop;
    }
}
