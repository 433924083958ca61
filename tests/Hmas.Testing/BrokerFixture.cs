using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Hmas.Testing;

/// <summary>A real broker on a free loopback port; open to anonymous clients.</summary>
public abstract class BrokerFixture : IAsyncDisposable
{
    /// <summary>Where the broker itself listens; a free port unless given.</summary>
    public int Port { get; init; } = FreePorts.One();

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"mqtt://127.0.0.1:{Port}"));

    /// <summary>Whether it takes MQTT 5.</summary>
    public virtual bool SpeaksV5 => true;

    /// <summary>Whether retained messages and sessions survive <see cref="KillAsync"/>.</summary>
    public abstract bool KeepsState { get; }

    /// <exception cref="InvalidOperationException">It did not listen in time; the message carries its output.</exception>
    public static async Task<BrokerFixture> StartAsync(BrokerKind kind)
    {
        BrokerFixture broker = kind switch
        {
            BrokerKind.Embedded => new EmbeddedBrokerFixture(),
            BrokerKind.Mosquitto => new MosquittoFixture(),
            BrokerKind.RabbitMq => new RabbitMqFixture(),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such broker"),
        };
        await broker.StartAsync();
        return broker;
    }

    /// <summary>Null when the broker is installed, otherwise what to do.</summary>
    public static string? WhyMissing(BrokerKind kind) => kind switch
    {
        BrokerKind.Mosquitto when !File.Exists(MosquittoFixture.Program) => "mosquitto is not installed: apt-get install mosquitto",
        BrokerKind.RabbitMq when !File.Exists(RabbitMqFixture.Program) => "rabbitmq-server is not installed: apt-get install rabbitmq-server",
        _ => null,
    };

    /// <summary>Starts, or starts again on the same port, and returns when it accepts MQTT.</summary>
    public async Task StartAsync()
    {
        await LaunchAsync();
        using var limit = new CancellationTokenSource(Eventually.Limit);
        while (!await AnswersAsync(limit.Token))
        {
            if (limit.IsCancellationRequested || HasFailed)
                throw new InvalidOperationException($"{GetType().Name} does not answer on port {Port}: {Output}");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>Ends it as a power cut would.</summary>
    public abstract Task KillAsync();

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        await CleanAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>What remains to be cleaned up once it is dead.</summary>
    protected virtual ValueTask CleanAsync() => ValueTask.CompletedTask;

    protected abstract Task LaunchAsync();

    protected virtual bool HasFailed => false;

    protected virtual string Output => "";

    /// <summary>A broker listens before it is ready: only a CONNACK counts.</summary>
    private async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        // MQTT 3.1.1 CONNECT, clean session, keep-alive 10 s, client id "probe" (OASIS MQTT 3.1.1, 3.1).
        byte[] connect = [
            0x10, 17, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 10, 0, 5, (byte)'p', (byte)'r', (byte)'o', (byte)'b', (byte)'e'];
        try
        {
            using var client = new TcpClient();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            await client.ConnectAsync(IPAddress.Loopback, Port, limit.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(connect, limit.Token);
            var answer = new byte[4];
            await stream.ReadExactlyAsync(answer, limit.Token);
            await stream.WriteAsync(new byte[] { 0xE0, 0 }, limit.Token);
            return answer is [0x20, 2, _, 0];
        }
        catch (Exception failure) when (failure is IOException or SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
