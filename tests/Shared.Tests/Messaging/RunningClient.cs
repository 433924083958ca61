using System.Text;
using Hmas.Messaging;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Shared.Tests.Messaging;

/// <summary>A client whose loop runs until it is disposed.</summary>
internal sealed class RunningClient : IAsyncDisposable
{
    private readonly Task _loop;

    public RunningClient(FleetClientSettings settings)
        : this(new FleetClient(settings, TimeProvider.System, NullLogger.Instance))
    {
    }

    public RunningClient(FleetClient client)
    {
        Client = client;
        _loop = client.RunAsync(CancellationToken.None);
    }

    public FleetClient Client { get; }

    public Task<ConnectionChange> ConnectedAsync() => ChangeAsync(connected: true);

    public Task<ConnectionChange> DisconnectedAsync() => ChangeAsync(connected: false);

    public async Task<string> NextAsync() => Encoding.UTF8.GetString((await Client.Inbound.ReadAsync().InTimeAsync()).Payload.Span);

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _loop;
    }

    private async Task<ConnectionChange> ChangeAsync(bool connected)
    {
        while (true)
        {
            var change = await Client.Connections.ReadAsync().InTimeAsync();
            if (change.Connected == connected) return change;
        }
    }
}
