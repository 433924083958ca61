using System.Net;
using System.Net.NetworkInformation;

namespace Operator.Cli.Demo.Site;

/// <summary>A port that nobody listens on, for a broker that must not care whether this machine has one already.</summary>
internal static class FreePort
{
    /// <summary>The wanted port, or the nearest free one above it.</summary>
    /// <exception cref="InvalidOperationException">None above it is free.</exception>
    public static int From(int wanted)
    {
        var taken = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(static listener => listener.Port).ToHashSet();
        for (var port = wanted; port <= IPEndPoint.MaxPort; port++)
        {
            if (!taken.Contains(port)) return port;
        }

        throw new InvalidOperationException($"no port from {wanted} up is free on this machine");
    }
}
