using System.Net;
using System.Net.Sockets;

namespace Cloud.Hub.Tests.Redistribution.DirectDevices;

/// <summary>A line to a server that is reset once, in the middle of an answer.</summary>
internal sealed class BreakingLine : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Uri _server;
    private readonly int _breakAfterBytes;
    private readonly Task _accepting;
    private long _bytes;
    private int _breaks;

    public BreakingLine(Uri server, int breakAfterBytes)
    {
        (_server, _breakAfterBytes) = (server, breakAfterBytes);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

    /// <summary>From the server, in all.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    public int Breaks => _breaks;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var lines = new List<Task>();
        try
        {
            while (true) lines.Add(CarryAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(lines);
        }
    }

    private async Task CarryAsync(TcpClient device)
    {
        using (device)
        {
            using var hub = new TcpClient();
            try
            {
                await hub.ConnectAsync(IPAddress.Loopback, _server.Port, _stop.Token);
                var up = device.GetStream().CopyToAsync(hub.GetStream(), _stop.Token);
                await DownAsync(hub.GetStream(), device);
                await up;
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task DownAsync(NetworkStream from, TcpClient device)
    {
        var buffer = new byte[64 << 10];
        long here = 0;
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            await device.GetStream().WriteAsync(buffer.AsMemory(0, read), _stop.Token);
            Interlocked.Add(ref _bytes, read);
            here += read;
            if (here < _breakAfterBytes || Interlocked.CompareExchange(ref _breaks, 1, 0) != 0) continue;
            device.Client.LingerState = new LingerOption(true, 0);
            device.Close();
            return;
        }

        device.Client.Shutdown(SocketShutdown.Send);
    }
}
