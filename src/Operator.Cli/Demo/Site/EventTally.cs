using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace Operator.Cli.Demo.Site;

/// <summary>Listens to the hub's event stream as a dashboard does, and counts what it is told.</summary>
internal sealed class EventTally : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, long> _counts = [];
    private readonly Lock _gate = new();
    private Task _listening = Task.CompletedTask;

    private EventTally()
    {
    }

    /// <summary>By event type, so far.</summary>
    public IReadOnlyDictionary<string, long> Counts
    {
        get
        {
            lock (_gate) return new Dictionary<string, long>(_counts);
        }
    }

    /// <param name="front">The hub's front.</param>
    /// <exception cref="WebSocketException">The hub does not take it.</exception>
    public static async Task<EventTally> OpenAsync(Uri front, string operatorToken, CancellationToken cancellation)
    {
        var tally = new EventTally();
        tally._socket.Options.SetRequestHeader("Authorization", $"Bearer {operatorToken}");
        var address = new UriBuilder(new Uri(front, "api/v1/events")) { Scheme = front.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" };
        await tally._socket.ConnectAsync(address.Uri, cancellation);
        tally._listening = tally.ListenAsync();
        return tally;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _listening;
        _socket.Dispose();
        _stop.Dispose();
    }

    private async Task ListenAsync()
    {
        var message = new ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(message.GetMemory(4096), _stop.Token);
                if (received.MessageType == WebSocketMessageType.Close) return;
                message.Advance(received.Count);
                if (!received.EndOfMessage) continue;
                Count(message.WrittenMemory);
                message.ResetWrittenCount();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // We stop, or the hub does: what was told so far counts.
        }
    }

    private void Count(ReadOnlyMemory<byte> message)
    {
        using var json = JsonDocument.Parse(message);
        var type = json.RootElement.GetProperty("type").GetString() ?? "";
        lock (_gate) _counts[type] = _counts.GetValueOrDefault(type) + 1;
    }
}
