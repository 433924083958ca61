using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace Hmas.Messaging;

/// <summary>What a CONNECT says, from the client's settings.</summary>
internal static class ConnectOptions
{
    /// <param name="v5">MQTT 5, else 3.1.1.</param>
    /// <param name="session">Number of the connect, which the will's payload names.</param>
    public static MqttClientOptions For(FleetClientSettings settings, bool v5, long session)
    {
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(settings.Broker.Host, settings.Port)
            .WithClientId(settings.ClientId)
            .WithProtocolVersion(v5 ? MqttProtocolVersion.V500 : MqttProtocolVersion.V311)
            .WithCleanStart(!settings.PersistentSession)
            .WithKeepAlivePeriod(settings.KeepAlive)
            .WithTimeout(settings.AnswerTimeout);
        if (settings.UserName is { } user) options.WithCredentials(user, settings.Password ?? "");
        if (settings.IsTls) options.WithTlsOptions(tls => TlsTrust.Apply(tls, settings));
        if (v5) options.WithReceiveMaximum(settings.ReceiveMaximum).WithSessionExpiryInterval(SessionExpirySeconds(settings));
        if (settings.Will is { } will)
        {
            options.WithWillTopic(will.Topic).WithWillPayload(will.Payload(session, false).ToArray())
                .WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).WithWillRetain();
            if (v5) options.WithWillDelayInterval((uint)will.Delay.TotalSeconds);
        }

        return options.Build();
    }

    // A broker ends the session, and sends the will, at the earlier of both: the session must outlive the delay.
    private static uint SessionExpirySeconds(FleetClientSettings settings) =>
        settings.PersistentSession
            ? (uint)Math.Min(settings.SessionExpiry.TotalSeconds, uint.MaxValue - 1) : (uint)(settings.Will?.Delay.TotalSeconds ?? 0);
}
