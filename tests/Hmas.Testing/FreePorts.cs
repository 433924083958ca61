using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Hmas.Testing;

/// <summary>Ports for servers of a test, below the kernel's range of outgoing ports: one from that range may
/// be taken by any connection before the server opens it.</summary>
public static class FreePorts
{
    private const int Lowest = 12_000;
    private const int FirstOutgoing = 32_768;
    private const int Attempts = 1_000;

    /// <summary>Every port a whole hub opens at offset 0: brokers, silo, front, services.</summary>
    private static readonly int[] _hub = [1883, 8883, 11111, 8080, 8100, 8200, 8300, 8400, 8500, 8600, 8700, 8800, 8900];

    /// <summary>Given out in this process, and so perhaps not yet opened by whoever asked: a name of the kernel's (unix(7), abstract
    /// sockets) each, so that tests in other processes leave them alone too. The names end with the process and lie on no disk.</summary>
    private static readonly Dictionary<int, Socket> _given = [];

    private static readonly Lock _gate = new();

    /// <summary>A port of the loopback interface that nothing holds now and no other test was given.</summary>
    public static int One() => Find(Lowest, FirstOutgoing, static port => [port]);

    /// <summary>An offset at which every port of a whole hub is free now and no other test was given one of them.</summary>
    public static int HubOffset() => Find(1, FirstOutgoing - _hub.Max(), static offset => [.. _hub.Select(port => port + offset)]);

    private static int Find(int from, int below, Func<int, int[]> portsOf)
    {
        lock (_gate)
        {
            for (var attempt = 0; attempt < Attempts; attempt++)
            {
                var candidate = RandomNumberGenerator.GetInt32(from, below);
                var ports = portsOf(candidate);
                if (ports.All(static port => !_given.ContainsKey(port) && IsFree(port)) && TryTake(ports)) return candidate;
            }
        }

        throw new InvalidOperationException("no free ports on this machine");
    }

    private static bool TryTake(int[] ports)
    {
        var taken = new Dictionary<int, Socket>();
        foreach (var port in ports)
        {
            var name = taken[port] = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            try
            {
                name.Bind(new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"\0hmas-test-port-{port}")));
            }
            catch (SocketException)
            {
                foreach (var held in taken.Values) held.Dispose();
                return false;
            }
        }

        foreach (var (port, held) in taken) _given[port] = held;
        return true;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
