using Microsoft.Extensions.Logging;

namespace Edge.Agent.Hosting;

/// <summary>Event ids 2800 to 2899.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(
        EventId = 2800, EventName = "AgentStarted", Level = LogLevel.Information,
        Message = "Agent {Version} of {Site}/{Device} runs: sensor {Sensor}, {Channels} channels at {RateHz} Hz, {Rules} rules, model {Digest}, broker {Broker}")]
    public static partial void AgentStarted(
        this ILogger logger, string version, string site, string device, string sensor, int channels, double rateHz, int rules, string? digest,
        string? broker);

    [LoggerMessage(
        EventId = 2801, EventName = "AgentStopped", Level = LogLevel.Information,
        Message = "Agent stopped: {Windows} windows, {Waiting} facts wait for the hub")]
    public static partial void AgentStopped(this ILogger logger, long windows, long waiting);

    [LoggerMessage(
        EventId = 2802, EventName = "StreamEnded", Level = LogLevel.Information, Message = "The sensor's stream has ended after {Frames} frames")]
    public static partial void StreamEnded(this ILogger logger, long frames);

    [LoggerMessage(
        EventId = 2803, EventName = "LoopStuck", Level = LogLevel.Critical, Message = "Loop {Loop} does not go round; the watchdog is no longer fed")]
    public static partial void LoopStuck(this ILogger logger, string loop);

    [LoggerMessage(EventId = 2804, EventName = "StatusUnavailable", Level = LogLevel.Warning, Message = "{What} is not available: {Reason}")]
    public static partial void StatusUnavailable(this ILogger logger, string what, string reason);

    [LoggerMessage(EventId = 2805, EventName = "AgentFailed", Level = LogLevel.Critical, Message = "The agent cannot go on: {Reason}")]
    public static partial void AgentFailed(this ILogger logger, Exception error, string reason);

    [LoggerMessage(
        EventId = 2806, EventName = "StateFolderInUse", Level = LogLevel.Critical,
        Message = "An agent runs with the state folder {Folder} already (hmas-agent status asks it); another device needs another one")]
    public static partial void StateFolderInUse(this ILogger logger, string folder);
}
