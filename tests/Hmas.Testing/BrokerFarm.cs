using Xunit;

namespace Hmas.Testing;

/// <summary>One broker of each kind for the tests of a class, started when first asked for.</summary>
public sealed class BrokerFarm : IAsyncLifetime
{
    private readonly Dictionary<BrokerKind, BrokerFixture> _running = [];

    public async Task<BrokerFixture> GetAsync(BrokerKind kind)
    {
        if (!_running.TryGetValue(kind, out var broker)) _running[kind] = broker = await BrokerFixture.StartAsync(kind);
        return broker;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var broker in _running.Values) await broker.DisposeAsync();
    }
}
