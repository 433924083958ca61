using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Edge.Agent.Hosting;

/// <summary>Tells systemd how the agent fares, over the datagram socket of <c>NOTIFY_SOCKET</c>
/// (sd_notify(3)). Without that variable it does nothing.</summary>
internal sealed class SystemdNotifier : IDisposable
{
    private readonly Socket? _socket;

    /// <param name="notifySocket">Path, or <c>@name</c> for the abstract namespace; null: not started by systemd.</param>
    /// <param name="watchdogUsec"><c>WATCHDOG_USEC</c>: the unit is killed when it is silent for so long.</param>
    public SystemdNotifier(string? notifySocket, string? watchdogUsec)
    {
        if (string.IsNullOrEmpty(notifySocket)) return;
        // Abstract names begin with a zero byte, which the environment cannot hold.
        var path = notifySocket[0] == '@' ? "\0" + notifySocket[1..] : notifySocket;
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        _socket.Connect(new UnixDomainSocketEndPoint(path));
        if (long.TryParse(watchdogUsec, CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0)
            WatchdogInterval = TimeSpan.FromMicroseconds(microseconds);
    }

    /// <summary>Null: no watchdog is set.</summary>
    public TimeSpan? WatchdogInterval { get; }

    public void Ready() => Send("READY=1");

    public void Stopping() => Send("STOPPING=1");

    public void Alive() => Send("WATCHDOG=1");

    public void Dispose() => _socket?.Dispose();

    private void Send(string message)
    {
        if (_socket is null) return;
        try
        {
            _socket.Send(Encoding.UTF8.GetBytes(message));
        }
        catch (SocketException)
        {
            // systemd's buffer is full or it is being restarted: the next message says the same.
        }
    }
}
