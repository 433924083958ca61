using System.Globalization;
using Hmas.Contracts.Commands;
using Microsoft.Extensions.Logging;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Does a command once, by its id, unless its time is over. One thread.</summary>
internal sealed class CommandRunner(ICommandActions actions, TimeProvider time, ILogger logger)
{
    private const int MaxSnapshot = 1000;
    private readonly RememberedReplies _replies = new();

    public CommandReply Run(DeviceCommand command)
    {
        if (_replies.Find(command.Id) is { } known) return known;
        var reply = Expired(command) ?? Do(command);
        _replies.Keep(reply);
        logger.CommandDone(command.Id, command.Kind, reply.Succeeded ? "done" : reply.Error ?? "failed");
        return reply;
    }

    private CommandReply? Expired(DeviceCommand command)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() * 1000;
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
            default:
                return new CommandReply(command.Id, false, "unknown-kind", $"'{command.Kind}' is none of ping, recalibrate, snapshot, report");
        }
    }
}
