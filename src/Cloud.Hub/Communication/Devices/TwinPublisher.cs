using System.Text.Json;
using Cloud.Hub.Communication.Broker;
using Hmas.Contracts;
using Hmas.Contracts.Twins;
using Hmas.Messaging;

namespace Cloud.Hub.Communication.Devices;

/// <summary>Keeps each device's desired state retained on the broker. What is published is always the newest on
/// disk, one at a time, so an older version never stands last.</summary>
internal sealed class TwinPublisher(DeviceRegistry devices, DesiredStates states, IFleetTransport transport, ILogger<TwinPublisher> logger)
    : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>What was published last: devices of a rollout share one state. Held by whose turn it is.</summary>
    private (DesiredState? State, byte[] Json) _last = (null, []);

    /// <summary>Publishes, or logs that the broker was away: then it is published when the broker is back, and when the device asks.</summary>
    public async Task PublishAsync(string deviceId, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (devices.Find(deviceId) is not { } device || states.Find(deviceId) is not { } desired) return;
            if (!ReferenceEquals(_last.State, desired))
                _last = (desired, JsonSerializer.SerializeToUtf8Bytes(desired, ContractsJson.Default.DesiredState));
            await transport.PublishAsync(Topics.Desired(device.SiteId, deviceId), _last.Json, retain: true, expiry: null, cancellation);
        }
        catch (MessagingException failure)
        {
            logger.NotSent($"desired state of {deviceId}", failure.Message);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async Task PublishAllAsync(CancellationToken cancellation)
    {
        foreach (var device in devices.All) await PublishAsync(device.DeviceId, cancellation);
    }

    public void Dispose() => _turn.Dispose();
}
