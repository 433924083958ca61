namespace Cloud.Hub.Communication;

/// <summary>Events 8500 to 8599.</summary>
internal static partial class CommunicationLog
{
    [LoggerMessage(EventId = 8500, EventName = "EmbeddedBrokerStarted", Level = LogLevel.Information,
        Message = "Embedded broker on 127.0.0.1:{Port}, TLS {Tls}; allows {MaxConnections} devices and {MaxMessagesPerSecond} messages/s each; beyond, set Communication:Broker (docs/adr/0002-broker.md)")]
    public static partial void EmbeddedBrokerStarted(this ILogger logger, int port, string tls, int maxConnections, int maxMessagesPerSecond);

    [LoggerMessage(
        EventId = 8501, EventName = "ExternalBrokerLeft", Level = LogLevel.Information,
        Message = "Left the broker; telemetry dropped {TelemetryDropped}, inbound dropped {InboundDropped}")]
    public static partial void ExternalBrokerLeft(this ILogger logger, long telemetryDropped, long inboundDropped);

    [LoggerMessage(
        EventId = 8502, EventName = "Rejected", Level = LogLevel.Warning,
        Message = "Not taken ({Reason}) from {DeviceId}: {Detail}; repeats are counted, not logged, for a minute")]
    public static partial void Rejected(this ILogger logger, RejectionReason reason, string deviceId, string detail);

    [LoggerMessage(
        EventId = 8503, EventName = "StoreFailed", Level = LogLevel.Error,
        Message = "The archive did not take {Batches} batches; their devices will send them again")]
    public static partial void StoreFailed(this ILogger logger, int batches, Exception failure);

    [LoggerMessage(EventId = 8504, EventName = "NotSent", Level = LogLevel.Warning, Message = "{Topic} was not sent: {Reason}")]
    public static partial void NotSent(this ILogger logger, string topic, string reason);

    [LoggerMessage(EventId = 8505, EventName = "Enrolled", Level = LogLevel.Information, Message = "Device {DeviceId} of site {SiteId} is enrolled")]
    public static partial void Enrolled(this ILogger logger, string deviceId, string siteId);

    [LoggerMessage(
        EventId = 8506, EventName = "GapSeen", Level = LogLevel.Debug, Message = "{Gaps} facts lie behind a gap; acknowledged what is contiguous")]
    public static partial void GapSeen(this ILogger logger, int gaps);

    [LoggerMessage(
        EventId = 8507, EventName = "NotReceived", Level = LogLevel.Error,
        Message = "A message on {Topic} could not be taken in; its device says it again")]
    public static partial void NotReceived(this ILogger logger, string topic, Exception failure);

    [LoggerMessage(EventId = 8508, EventName = "NotAccepted", Level = LogLevel.Warning, Message = "A connection could not be taken in: {Error}")]
    public static partial void NotAccepted(this ILogger logger, System.Net.Sockets.SocketError error);

    [LoggerMessage(EventId = 8509, EventName = "EmbeddedBrokerSpeed", Level = LogLevel.Information,
        Message = "This machine's embedded broker takes about {MessagesPerSecond} messages/s of {PayloadBytes} bytes (measured {MeasuredAt:u}, senders on the same machine): {Devices} devices at {Rate:0.#}/s each")]
    public static partial void EmbeddedBrokerSpeed(
        this ILogger logger, long messagesPerSecond, int payloadBytes, DateTimeOffset measuredAt, int devices, double rate);

    [LoggerMessage(
        EventId = 8510, EventName = "SpeedUnreadable", Level = LogLevel.Warning,
        Message = "{Path} is not read ({Reason}); the embedded broker is measured again")]
    public static partial void SpeedUnreadable(this ILogger logger, string path, string reason);

    [LoggerMessage(
        EventId = 8511, EventName = "ConnectionsLeft", Level = LogLevel.Warning,
        Message = "{Connections} connections had not ended when the broker stopped")]
    public static partial void ConnectionsLeft(this ILogger logger, int connections);

    [LoggerMessage(
        EventId = 8512, EventName = "DesiredNotWritten", Level = LogLevel.Warning,
        Message = "the desired states of {Devices} devices could not be written")]
    public static partial void DesiredNotWritten(this ILogger logger, int devices, Exception error);
}
