using System.ComponentModel.DataAnnotations;

namespace Hmas.Messaging;

/// <summary>One client of the fleet's broker. Checked by <see cref="Validate"/> when a <see cref="FleetClient"/> is made.</summary>
public sealed record FleetClientSettings
{
    /// <summary><c>mqtts://host[:8883]</c>, or <c>mqtt://host[:1883]</c> on loopback; credentials do not belong in it.</summary>
    public required Uri Broker { get; init; }

    public required string ClientId { get; init; }

    public string? UserName { get; init; }

    public string? Password { get; init; }

    public TlsSettings Tls { get; init; } = new();

    public MqttVersion Version { get; init; } = MqttVersion.Auto;

    /// <summary>Declared to the broker. The client itself pings at half of it, because publishing alone does not show a half-dead link.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait for CONNACK, SUBACK and PINGRESP.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public PresenceWill? Will { get; init; }

    /// <summary>Asked for at QoS 1 after every connect, session or not: a broker sends retained messages again for it.</summary>
    public IReadOnlyList<string> Subscriptions { get; init; } = [];

    /// <summary>Whether the broker shall keep messages (commands) while this client is away.</summary>
    public bool PersistentSession { get; init; }

    /// <summary>How long it keeps them, where v5 lets us say so.</summary>
    public TimeSpan SessionExpiry { get; init; } = TimeSpan.FromDays(3);

    /// <summary>Received and not yet read; when full, QoS 1 messages are not acknowledged until there
    /// is room, QoS 0 ones are dropped and counted.</summary>
    public int InboundCapacity { get; init; } = 256;

    /// <summary>Told to a v5 broker: how many unacknowledged messages it may send at once.</summary>
    public ushort ReceiveMaximum { get; init; } = 64;

    /// <summary>QoS 1 publishes awaiting their PUBACK at once; a v5 broker's own maximum lowers it.</summary>
    public int MaxInFlight { get; init; } = 64;

    /// <summary>Telemetry messages waiting for the socket; beyond, the oldest is dropped and counted.</summary>
    public int TelemetryCapacity { get; init; } = 256;

    public BackoffSettings Backoff { get; init; } = new();

    /// <summary>The first connect waits a random part of this, so that a fleet switched on at once does not arrive at once.</summary>
    public TimeSpan FirstConnectJitter { get; init; }

    /// <summary>How long a clean stop may take to say so.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(2);

    internal bool IsTls => Broker.Scheme == "mqtts";

    internal int Port => Broker.Port > 0 ? Broker.Port : IsTls ? 8883 : 1883;

    /// <exception cref="ValidationException">Names the setting and the reason.</exception>
    public void Validate()
    {
        Require(Broker.IsAbsoluteUri && Broker.Scheme is "mqtt" or "mqtts", $"Broker '{Broker}' must be mqtt://host[:port] or mqtts://host[:port]");
        Require(Broker.UserInfo.Length == 0, "Broker must not carry credentials; use UserName and Password");
        Require(IsTls || Broker.IsLoopback, $"Broker {Broker} would carry passwords in the clear; use mqtts://, or mqtt:// on loopback");
        Require(ClientId.Length is > 0 and <= 128, "ClientId must have 1 to 128 characters");
        Require(KeepAlive >= TimeSpan.FromSeconds(2) && KeepAlive <= TimeSpan.FromHours(1), $"KeepAlive {KeepAlive} must be 2 s to 1 h");
        Require(AnswerTimeout > TimeSpan.Zero && AnswerTimeout <= TimeSpan.FromMinutes(5),
            $"AnswerTimeout {AnswerTimeout} must be above 0 and at most 5 min");
        Require(InboundCapacity > 0 && TelemetryCapacity > 0 && MaxInFlight > 0 && ReceiveMaximum > 0, "capacities and maxima must be above 0");
        Require((Tls.ClientCertificateFile is null) == (Tls.ClientKeyFile is null), "Tls.ClientCertificateFile and Tls.ClientKeyFile go together");
        Require(Password is null || UserName is not null, "Password needs a UserName");
        Backoff.Validate();
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds) throw new ValidationException(otherwise);
    }
}
