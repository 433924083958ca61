using System.Text;
using Hmas.Messaging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Shared.Tests.Messaging;

/// <summary>A client whose loop runs until it is disposed.</summary>
internal sealed class RunningClient : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
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

    public async Task<string> NextAsync() => Encoding.UTF8.GetString((await Client.Inbound.ReadAsync().AsTask().WaitAsync(Limit)).Payload.Span);

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _loop;
    }

    private async Task<ConnectionChange> ChangeAsync(bool connected)
    {
        while (true)
        {
            var change = await Client.Connections.ReadAsync().AsTask().WaitAsync(Limit);
            if (change.Connected == connected) return change;
        }
    }
}
