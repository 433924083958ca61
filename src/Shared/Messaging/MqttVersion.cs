namespace Hmas.Messaging;

/// <summary>Which protocol a client speaks.</summary>
public enum MqttVersion
{
    /// <summary>5.0, and 3.1.1 where the broker does not take it.</summary>
    Auto,
    V311,
    V5,
}
