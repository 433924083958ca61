namespace Hmas.Contracts.Wire;

/// <summary>How much a reader takes from outside before it refuses. One set for both sides: a device never makes what the hub would refuse.</summary>
public sealed record WireLimits
{
    public static WireLimits Default { get; } = new();

    /// <summary>A whole message as it stands on the wire. Below what every broker takes by default
    /// (AWS IoT: 128 kB; Mosquitto, RabbitMQ: 256 MB).</summary>
    public int MaxMessageBytes { get; init; } = 1 << 20;

    /// <summary>The body after decompression.</summary>
    public int MaxBodyBytes { get; init; } = 4 << 20;

    public int MaxFacts { get; init; } = 1024;

    /// <summary>One payload; small enough that a batch of one always fits a message, however badly it compresses.</summary>
    public int MaxFactBytes { get; init; } = 512 << 10;
}
