namespace Hmas.Testing;

public enum BrokerKind
{
    /// <summary>MQTTnet's server in the test's process.</summary>
    Embedded,
    Mosquitto,
    RabbitMq,
}
