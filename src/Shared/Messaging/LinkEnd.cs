using System.Net.Sockets;
using System.Security.Authentication;
using MQTTnet;
using MQTTnet.Exceptions;

namespace Hmas.Messaging;

/// <summary>Why a connect failed or a link ended.</summary>
/// <param name="Code">MQTT 5 reason code; 0 when the broker gave none.</param>
/// <param name="Wants311">The broker does not take the protocol version: try 3.1.1.</param>
internal sealed record LinkEnd(byte Code, string Reason, bool Wants311 = false)
{
    /// <summary>The broker answered the CONNECT, and not with success.</summary>
    public static LinkEnd Refused(MqttClientConnectResult answer)
    {
        var reason = answer.ServerReference is { Length: > 0 } other
            ? $"{answer.ResultCode}, see {other}" : $"{answer.ResultCode} {answer.ReasonString}".TrimEnd();
        // 1 is what a broker of 3.1.1 answers to a version it does not know (MQTT 3.1.1, section 3.2.2.3).
        return new LinkEnd(
            (byte)answer.ResultCode, reason,
            answer.ResultCode == MqttClientConnectResultCode.UnsupportedProtocolVersion || (byte)answer.ResultCode == 1);
    }

    public static LinkEnd Disconnected(MqttClientDisconnectedEventArgs disconnected) => new(
        (byte)disconnected.Reason,
        disconnected.Exception is { } failure ? Innermost(failure) : $"{disconnected.Reason} {disconnected.ReasonString}".TrimEnd());

    /// <summary>Socket, TLS and protocol failures come in many types; all mean the same: there is no link.</summary>
    public static LinkEnd NotOpened(Exception failure, bool v5) => new(0, Innermost(failure), v5 && HungUp(failure));

    public static LinkEnd Broken(Exception failure) => new(0, Innermost(failure));

    /// <summary>Type and message of what caused all else.</summary>
    public static string Innermost(Exception failure)
    {
        while (failure.InnerException is { } inner) failure = inner;
        return $"{failure.GetType().Name}: {failure.Message}";
    }

    /// <summary>RabbitMQ 3.10 hangs up on an MQTT 5 CONNECT; others answer with a 3.1.1 CONNACK, which is no lawful answer to it.</summary>
    private static bool HungUp(Exception failure)
    {
        for (var inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (inner is SocketException socket) return socket.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown;
            if (inner is AuthenticationException) return false;
            if (inner is MqttCommunicationTimedOutException) return false;
        }

        return failure is MqttCommunicationException or MqttProtocolViolationException;
    }
}
