using System.Globalization;
using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Storage;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Does a command once, by its id, unless its time is over. One thread.</summary>
/// <remarks>
/// The id is on disk before anything is done, with a reply that says so: whoever sends the command
/// again after a restart in between learns that nobody knows
/// whether it was done, and the device does not do it twice. A disk that takes nothing therefore does no command either.
/// </remarks>
internal sealed class CommandRunner(ICommandActions actions, RememberedReplies replies, TimeProvider time, ILogger logger)
{
    private const int MaxSnapshot = 1000;

    public CommandReply Run(DeviceCommand command)
    {
        if (replies.Find(command.Id) is { } known) return known;
        var reply = Expired(command) ?? DoOnce(command);
        logger.CommandDone(command.Id, command.Kind, reply.Succeeded ? "done" : reply.Error ?? "failed");
        return reply;
    }

    private long NowUs => time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;

    private CommandReply DoOnce(DeviceCommand command)
    {
        try
        {
            if (!replies.TryKeep(
                new CommandReply(command.Id, false, "failed", "the device restarted while it was at it"), command.ExpiresAtUs, NowUs))
                return new CommandReply(command.Id, false, "refused", "too many commands whose deadline has not passed");
            var reply = Do(command);
            replies.TryKeep(reply, command.ExpiresAtUs, NowUs);
            return reply;
        }
        catch (StorageException error)
        {
            return new CommandReply(command.Id, false, "failed", $"the id is not on disk: {error.Reason}");
        }
    }

    private CommandReply? Expired(DeviceCommand command)
    {
        var now = NowUs;
        return now > command.ExpiresAtUs ? new CommandReply(command.Id, false, "expired", $"{(now - command.ExpiresAtUs) / 1000} ms ago") : null;
    }

    private CommandReply Do(DeviceCommand command)
    {
        switch (command.Kind)
        {
            case "ping":
                return new CommandReply(command.Id, true);
            case "recalibrate":
                actions.Recalibrate();
                return new CommandReply(command.Id, true);
            case "report":
                actions.Report();
                return new CommandReply(command.Id, true);
            case "snapshot":
                var text = command.Arguments?.GetValueOrDefault("windows") ?? "1";
                if (!int.TryParse(text, CultureInfo.InvariantCulture, out var windows) || windows is < 1 or > MaxSnapshot)
                    return new CommandReply(command.Id, false, "refused", $"windows '{text}' is not 1 to {MaxSnapshot}");
                actions.Snapshot(windows);
                return new CommandReply(command.Id, true);
            case KeepNear.Kind:
                return DoKeepNear(command);
            default:
                return new CommandReply(
                    command.Id, false, "unknown-kind", $"'{command.Kind}' is none of ping, recalibrate, snapshot, report, keep-near, tune-head");
        }
    }

    private CommandReply DoKeepNear(DeviceCommand command)
    {
        KeepNear? request;
        try
        {
            request = JsonSerializer.Deserialize(command.Arguments?.GetValueOrDefault(KeepNear.Argument) ?? "null", ContractsJson.Default.KeepNear);
        }
        catch (JsonException error)
        {
            return new CommandReply(command.Id, false, "refused", error.Message);
        }

        if (request is null) return new CommandReply(command.Id, false, "refused", $"argument '{KeepNear.Argument}' is missing");
        if (request.Fault() is { } fault) return new CommandReply(command.Id, false, "refused", fault);
        actions.KeepNear(request);
        return new CommandReply(command.Id, true);
    }
}
