using System.Collections.Concurrent;
using System.Text.Json;
using Cloud.Hub.Communication.Broker;
using Cloud.Hub.Communication.Devices;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Messaging;

namespace Cloud.Hub.Communication.Commands;

/// <summary>Commands on their way and the replies they wait for. A command that the hub forgot in a restart
/// is answered to nobody; its sender sees its own call fail.</summary>
internal sealed class CommandChannel(IFleetTransport transport, CommunicationMetrics metrics, TimeProvider time)
{
    private const int MostPending = 10_000;
    private readonly ConcurrentDictionary<string, Pending> _pending = new();

    /// <summary>Sends and waits for the reply, at most until the expiry.</summary>
    public async Task<CommandReply> SendAsync(
        EnrolledDevice device, string kind, TimeSpan expiresIn, IReadOnlyDictionary<string, string>? arguments, CancellationToken cancellation)
    {
        if (_pending.Count >= MostPending) throw new InvalidOperationException($"{MostPending} commands wait for their replies already");
        var expires = time.GetUtcNow() + expiresIn;
        var command = new DeviceCommand(Guid.NewGuid().ToString("N"), kind, expires.ToUnixMicroseconds(), arguments);
        var pending = new Pending(device.DeviceId);
        _pending[command.Id] = pending;
        using var expiry = new CancellationTokenSource(expiresIn, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(expiry.Token, cancellation);
        try
        {
            await transport.PublishAsync(
                Topics.Command(device.SiteId, device.DeviceId), JsonSerializer.SerializeToUtf8Bytes(command, ContractsJson.Default.DeviceCommand),
                retain: false, expiresIn, either.Token);
            var reply = await pending.Reply.Task.WaitAsync(either.Token);
            metrics.Command(reply.Succeeded ? "succeeded" : "refused");
            return reply;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            metrics.Command("expired");
            return new CommandReply(command.Id, false, "expired", $"no reply within {expiresIn.TotalSeconds:0.#} s");
        }
        catch (MessagingException failure)
        {
            metrics.Command("failed");
            return new CommandReply(command.Id, false, "failed", failure.Message);
        }
        finally
        {
            _pending.TryRemove(command.Id, out _);
        }
    }

    /// <summary>Hands a reply to whoever waits. False when nobody does, or another device's command is answered.</summary>
    public bool Answered(string deviceId, CommandReply reply) =>
        _pending.TryGetValue(reply.Id, out var pending) && pending.DeviceId == deviceId && pending.Reply.TrySetResult(reply);

    private sealed record Pending(string DeviceId)
    {
        public TaskCompletionSource<CommandReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
