namespace Hmas.Testing;

public enum BrokerKind
{
    /// <summary>MQTTnet's server as it is for tests of clients; the hub's own broker for tests of the hub.</summary>
    Embedded,
    Mosquitto,
    RabbitMq,
}
