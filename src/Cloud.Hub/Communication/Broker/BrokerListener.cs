using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using MQTTnet.Adapter;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Implementations;
using MQTTnet.Server;

namespace Cloud.Hub.Communication.Broker;

/// <summary>Takes the broker's connections, and bounds what a client costs before it is known: how many may
/// be open, how long TLS may take, how large its packets are.</summary>
/// <remarks>MQTTnet's own listener reads a packet of any length (256 MiB by the protocol) into
/// memory before anyone can refuse it, from anybody.</remarks>
internal sealed class BrokerListener(BrokerEndpoint endpoint, EmbeddedBrokerOptions options, Rejections rejections, TimeProvider time, ILogger logger)
    : IMqttServerAdapter
{
    /// <summary>Connections beyond the clients allowed: those that are coming in, and those that are being told that the server is busy.</summary>
    private const int Vestibule = 64;

    /// <summary>A CONNECT with its user name, password and will.</summary>
    private const int MaxConnectBytes = 16 << 10;

    private const int Backlog = 512;

    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    /// <summary>For connections that are still being told good-bye when the broker stops.</summary>
    private static readonly TimeSpan FarewellLimit = TimeSpan.FromSeconds(5);

    private readonly List<Socket> _listening = [];
    private readonly List<Task> _accepting = [];
    private readonly ConcurrentDictionary<long, Task> _serving = new();
    private readonly CancellationTokenSource _stop = new();
    private MqttServerOptions _server = null!;
    private IMqttNetLogger _packetLog = null!;
    private int _open;
    private long _served;

    /// <summary>Where it listens in the clear; known after the start, also when any port would do (0).</summary>
    public int Port => ((IPEndPoint)_listening[0].LocalEndPoint!).Port;

    public Func<IMqttChannelAdapter, Task> ClientHandler { get; set; } = _ => Task.CompletedTask;

    /// <exception cref="SocketException">A port is taken.</exception>
    public Task StartAsync(MqttServerOptions options, IMqttNetLogger logger)
    {
        _server = options;
        _packetLog = logger;
        Listen(new IPEndPoint(IPAddress.Loopback, endpoint.Port), null);
        if (endpoint.Certificate is { } certificate) Listen(new IPEndPoint(endpoint.TlsAddress, endpoint.TlsPort), certificate);
        return Task.CompletedTask;
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        foreach (var socket in _listening) socket.Dispose();
        await Task.WhenAll(_accepting);
        try
        {
            await Task.WhenAll(_serving.Values).WaitAsync(FarewellLimit, time);
        }
        catch (TimeoutException)
        {
            logger.ConnectionsLeft(_serving.Count);
        }
    }

    public void Dispose()
    {
        foreach (var socket in _listening) socket.Dispose();
        _stop.Dispose();
    }

    private void Listen(IPEndPoint address, X509Certificate2? certificate)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listening.Add(socket);
        // A hub that starts again finds its port although old connections are still being forgotten.
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        socket.Bind(address);
        socket.Listen(Backlog);
        _accepting.Add(AcceptAsync(socket, certificate));
    }

    private async Task AcceptAsync(Socket listening, X509Certificate2? certificate)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await listening.AcceptAsync(_stop.Token);
                Serve(client, certificate);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException e)
            {
                // The client went before it was taken, or there are no more handles: those come back.
                logger.NotAccepted(e.SocketErrorCode);
                await Task.Delay(TimeSpan.FromMilliseconds(100), time);
            }
        }
    }

    /// <summary>Held until it has ended, so that a stop can wait for it.</summary>
    private void Serve(Socket client, X509Certificate2? certificate)
    {
        var number = Interlocked.Increment(ref _served);
        var serving = _serving[number] = ServeAsync(number, client, certificate);
        // It may have been quicker than the line above.
        if (serving.IsCompleted) _serving.TryRemove(number, out _);
    }

    private async Task ServeAsync(long number, Socket client, X509Certificate2? certificate)
    {
        // Off the accepting loop, however the rest goes.
        await Task.Yield();
        var remote = client.RemoteEndPoint!;
        using (client)
        {
            try
            {
                if (Interlocked.Increment(ref _open) <= options.MaxConnections + Vestibule) await TalkAsync(client, remote, certificate);
                else rejections.Count(
                    RejectionReason.Connection, Rejections.Unknown,
                    $"{options.MaxConnections + Vestibule} connections are open, one more from {remote}");
            }
            catch (Exception e) when (e is IOException or SocketException or AuthenticationException or OperationCanceledException
                or ObjectDisposedException)
            {
                rejections.Count(RejectionReason.Connection, Rejections.Unknown, $"{remote}: {e.Message}");
            }
            finally
            {
                Interlocked.Decrement(ref _open);
                _serving.TryRemove(number, out _);
            }
        }
    }

    private async Task TalkAsync(Socket client, EndPoint remote, X509Certificate2? certificate)
    {
        client.NoDelay = true;
        Stream stream = new NetworkStream(client, ownsSocket: false);
        if (certificate is not null) stream = await SecureAsync(stream, certificate);
        var metered = new MeteredStream(
            stream,
            new PacketMeter(MaxConnectBytes, options.MaxPacketBytes),
            () => rejections.Count(RejectionReason.TooLarge, Rejections.Unknown, $"a packet from {remote}"));
        await using (metered.ConfigureAwait(false))
        {
            var writer = new MqttBufferWriter(_server.WriterBufferSize, _server.WriterBufferSizeMax);
            using var channel = new MqttTcpChannel(metered, client.LocalEndPoint, remote, null);
            using var adapter = new MqttChannelAdapter(channel, new MqttPacketFormatterAdapter(writer), _packetLog);
            await ClientHandler(adapter);
        }
    }

    private async Task<Stream> SecureAsync(Stream stream, X509Certificate2 certificate)
    {
        var tls = new SslStream(stream);
        using var limit = new CancellationTokenSource(HandshakeLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        try
        {
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, either.Token);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }
}
