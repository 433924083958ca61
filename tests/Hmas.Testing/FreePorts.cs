using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Hmas.Testing;

/// <summary>Ports for servers of a test, below the kernel's range of outgoing ports: one from that range may be taken by any connection before the server opens it.</summary>
public static class FreePorts
{
    private const int Lowest = 12_000;
    private const int FirstOutgoing = 32_768;
    private const int Attempts = 1_000;

    /// <summary>Every port a whole hub opens at offset 0: brokers, silo, front, services.</summary>
    private static readonly int[] _hub = [1883, 8883, 11111, 8080, 8100, 8200, 8300, 8400, 8500, 8600, 8700, 8800, 8900];

    /// <summary>A port of the loopback interface that nothing holds now.</summary>
    public static int One() => Find(Lowest, FirstOutgoing, IsFree);

    /// <summary>An offset at which every port of a whole hub is free now.</summary>
    public static int HubOffset() => Find(1, FirstOutgoing - _hub.Max(), offset => _hub.All(port => IsFree(port + offset)));

    private static int Find(int from, int below, Func<int, bool> isFree)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var candidate = RandomNumberGenerator.GetInt32(from, below);
            if (isFree(candidate)) return candidate;
        }

        throw new InvalidOperationException("no free ports on this machine");
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
