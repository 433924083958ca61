using Microsoft.Extensions.Logging;

namespace Hmas.Messaging;

public sealed partial class FleetClient
{
    [LoggerMessage(
        EventId = 1100, EventName = "Connected", Level = LogLevel.Information,
        Message = "Connected to {Broker} by MQTT {Version}, session present {SessionPresent}, session {Session}")]
    private partial void LogConnected(Uri broker, MqttVersion version, bool sessionPresent, long session);

    [LoggerMessage(
        EventId = 1101, EventName = "ConnectRefused", Level = LogLevel.Warning,
        Message = "No link to {Broker}: {Reason}; next attempt in {WaitSeconds:0.0} s")]
    private partial void LogRefused(Uri broker, string reason, double waitSeconds);

    [LoggerMessage(
        EventId = 1102, EventName = "LinkLost", Level = LogLevel.Warning,
        Message = "Lost the link to {Broker}: {Reason}; next attempt in {WaitSeconds:0.0} s")]
    private partial void LogLost(Uri broker, string reason, double waitSeconds);

    [LoggerMessage(EventId = 1103, EventName = "FallsBack", Level = LogLevel.Information, Message = "{Broker} did not take MQTT 5; trying 3.1.1")]
    private partial void LogFallsBack(Uri broker);

    [LoggerMessage(EventId = 1104, EventName = "NoGoodbye", Level = LogLevel.Information, Message = "Could not say offline to {Broker}: {Reason}")]
    private partial void LogNoGoodbye(Uri broker, string reason);

    [LoggerMessage(EventId = 1105, EventName = "Stopped", Level = LogLevel.Debug, Message = "Client {ClientId} stopped")]
    private partial void LogStopped(string clientId);
}
