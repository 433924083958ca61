using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Tests.Communication;
using Cloud.Hub.Tests.Host;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Federated;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Hmas.Messaging;

namespace Cloud.Hub.Tests.Learning.Fleet;

/// <summary>An enrolled device in an attacker's hands: claims to answer with the model, and sends
/// another lie as its update in each round, every one twice.</summary>
internal sealed class PoisonedDevice : IAsyncDisposable
{
    public const string Id = "poisoned";
    private const string Site = "site-a";
    private readonly RunningDevice _line;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _lying;

    private PoisonedDevice(RunningDevice line)
    {
        _line = line;
        _lying = LieAsync();
    }

    public static async Task<PoisonedDevice> JoinAsync(HubFixture hub, string digest)
    {
        var enrolment = await hub.Get<IFleet>().EnrolAsync(Site, Id, default);
        var line = await RunningDevice.ConnectAsync(new FleetClientSettings
        {
            Broker = new Uri(string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{hub.Ports.Mqtt}")), ClientId = Id, UserName = Id,
            Password = enrolment.Password,
            Subscriptions = [Topics.Command(Site, Id)],
        });
        await line.PublishAsync(
            Topics.Presence(Site, Id), JsonSerializer.SerializeToUtf8Bytes(new Presence(true, 1, "boot", 1), ContractsJson.Default.Presence),
            retain: true);
        var state = new ReportedState
        {
            DesiredVersion = 1, BootId = "boot", AgentVersion = "1", Session = 1, ActiveDigest = digest, SlotState = SlotState.Committed,
            Channels = [], Counters = new DeviceCounters(), TimestampUs = 1,
        };
        await line.PublishAsync(
            Topics.Reported(Site, Id), JsonSerializer.SerializeToUtf8Bytes(state, ContractsJson.Default.ReportedState), retain: true);
        return new PoisonedDevice(line);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _lying.ContinueWith(static _ => { }, TaskScheduler.Default);
        await _line.DisposeAsync();
        _stop.Dispose();
    }

    private async Task LieAsync()
    {
        await foreach (var message in _line.Client.Inbound.ReadAllAsync(_stop.Token))
        {
            var command = JsonSerializer.Deserialize(message.Payload.Span, ContractsJson.Default.DeviceCommand)!;
            var task = JsonSerializer.Deserialize(command.Arguments![HeadTask.Argument], ContractsJson.Default.HeadTask)!;
            var delta = new float[task.Head.Length / sizeof(float)];
            delta[^1] = task.Round switch { 1 => float.NaN, 2 => 1e30f, 4 => task.MaxNorm, _ => 0.1f };
            var update = new HeadUpdate
            {
                Digest = task.Digest, Round = task.Round == 3 ? 1 : task.Round, Samples = int.MaxValue,
                Delta = MemoryMarshal.AsBytes(delta.AsSpan()).ToArray(),
            };
            var reply = new CommandReply(command.Id, true, null, JsonSerializer.Serialize(update, ContractsJson.Default.HeadUpdate));
            for (var i = 0; i < 2; i++)
                await _line.PublishAsync(
                    Topics.CommandReply(Site, Id), JsonSerializer.SerializeToUtf8Bytes(reply, ContractsJson.Default.CommandReply));
        }
    }
}
