using Cloud.Hub.Communication.Broker;
using Hmas.Contracts;

namespace Hmas.Benchmarks.Hub;

/// <summary>The fleet's transport without sockets: what the hub publishes goes to the device that it is for, what a device publishes goes
/// into the hub's own inbox. Topics, documents and acknowledgements are the real ones.</summary>
/// <remarks>A hundred thousand sessions do not fit on the sockets of one machine beside the hub;
/// everything from the inbox on is what runs in the field.</remarks>
internal sealed class SimulatedBroker : IFleetTransport
{
    private readonly Dictionary<string, SimulatedAgent> _devices = new(StringComparer.Ordinal);
    private IFleetInbox? _inbox;

    public bool IsUp => true;

    public void Add(SimulatedAgent device) => _devices[device.DeviceId] = device;

    public void ForgetAll() => _devices.Clear();

    public Task StartAsync(IFleetInbox inbox, CancellationToken cancellation)
    {
        _inbox = inbox;
        return Task.CompletedTask;
    }

    public Task PublishAsync(string topic, ReadOnlyMemory<byte> payload, bool retain, TimeSpan? expiry, CancellationToken cancellation)
    {
        if (Topics.TryParse(topic, out var parsed) && _devices.TryGetValue(parsed.DeviceId, out var device)) device.Hear(parsed.Detail, payload);
        return Task.CompletedTask;
    }

    /// <summary>A publish by a device; returns when the hub has taken it, as PUBACK would.</summary>
    public ValueTask SendAsync(string topic, byte[] payload) => Topics.TryParse(topic, out var parsed)
        ? _inbox!.ReceiveAsync(parsed, payload, isRetained: false, default)
        : throw new ArgumentException($"'{topic}' is no topic of ours", nameof(topic));

    public Task DisconnectAsync(string deviceId) => Task.CompletedTask;

    public Task StopAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
