using System.Text;
using Hmas.Messaging;
using Hmas.Testing;

namespace Shared.Tests.Messaging;

/// <summary><c>mqtts://</c> against Debian's Mosquitto: who is let in, who is talked to.</summary>
public sealed class TlsTests : IAsyncLifetime, IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();
    private MosquittoFixture _broker = null!;

    public async Task InitializeAsync()
    {
        var (certificate, key) = _authority.Issue("broker.test");
        _broker = new MosquittoFixture { TlsPort = FreePorts.One(), Tls = (_authority.CaFile, certificate, key) };
        await _broker.StartAsync();
    }

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [BrokerFact(BrokerKind.Mosquitto)]
    public async Task A_device_with_a_certificate_of_the_sites_authority_sends_and_receives()
    {
        await using var client = new RunningClient(Settings("d-1", Identity(_authority, "d-1")) with { Subscriptions = ["echo"] });
        await client.ConnectedAsync();
        await client.Client.PublishAsync("echo", Encoding.UTF8.GetBytes("hello"), retain: false, TimeSpan.FromSeconds(20), default);
        Assert.Equal("hello", await client.NextAsync());
    }

    [BrokerFact(BrokerKind.Mosquitto)]
    public async Task A_broker_of_another_authority_is_not_talked_to() =>
        Assert.Contains(
            "certificate", await RefusalAsync(Identity(_authority, "d-1") with { CaFile = _stranger.CaFile }), StringComparison.OrdinalIgnoreCase);

    [BrokerFact(BrokerKind.Mosquitto)]
    public async Task A_broker_whose_certificate_bears_another_name_is_not_talked_to() =>
        Assert.Contains(
            "certificate", await RefusalAsync(Identity(_authority, "d-1") with { ServerName = "another.test" }), StringComparison.OrdinalIgnoreCase);

    [BrokerFact(BrokerKind.Mosquitto)]
    public async Task A_device_with_a_certificate_of_another_authority_is_turned_away() =>
        Assert.StartsWith("No link to", await RefusalAsync(Identity(_stranger, "d-1") with { CaFile = _authority.CaFile }), StringComparison.Ordinal);

    private static TlsSettings Identity(TestAuthority authority, string name)
    {
        var (certificate, key) = authority.Issue(name);
        return new TlsSettings { CaFile = authority.CaFile, ClientCertificateFile = certificate, ClientKeyFile = key, ServerName = "broker.test" };
    }

    private FleetClientSettings Settings(string id, TlsSettings tls) => new() { Broker = _broker.TlsAddress, ClientId = id, Tls = tls };

    /// <summary>Why the first connect failed.</summary>
    private async Task<string> RefusalAsync(TlsSettings tls)
    {
        var log = new WarningLog();
        await using var client = new RunningClient(new FleetClient(Settings("d-1", tls), TimeProvider.System, log));
        var warning = await log.NextAsync();
        Assert.False(client.Client.IsConnected);
        return warning;
    }
}
