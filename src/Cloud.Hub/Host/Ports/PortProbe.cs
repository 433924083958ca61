using System.Net;
using System.Net.Sockets;

namespace Cloud.Hub.Host.Ports;

/// <summary>Says which of the hub's ports somebody else holds, before anything has started.</summary>
internal static class PortProbe
{
    /// <param name="silo">Where grains of other hubs are heard; null when none run here.</param>
    /// <param name="broker">Whether the MQTT broker is in this process; false when it is elsewhere or another process has Communication.</param>
    /// <param name="tls">Whether there is a certificate, and so a second listener of the broker.</param>
    /// <exception cref="HubStartException">One line that names the port and the service that wanted it.</exception>
    public static void Require(HubPorts ports, IPAddress? silo, bool broker, bool tls)
    {
        foreach (var (service, port) in ports.Listeners) Require(ports.Address, port, service);
        if (silo is not null) Require(silo, ports.Silo, "silo");
        if (broker) Require(IPAddress.Loopback, ports.Mqtt, "mqtt", ", or use what is there with --broker");
        if (broker && tls) Require(ports.Address, ports.MqttTls, "mqtts");
    }

    private static void Require(IPAddress address, int port, string service, string alternative = "")
    {
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // As Kestrel does: a port in TIME_WAIT is free, one that is listened on is not.
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen(1);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new HubStartException(
                $"port {port} of {service} on {address} is in use; stop what holds it, or start with --port-offset or --ports {service}=N{alternative}", e);
        }
        catch (SocketException e)
        {
            throw new HubStartException($"port {port} of {service} on {address} cannot be opened: {e.SocketErrorCode}", e);
        }
    }
}
