using System.Diagnostics;
using System.Globalization;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Tests.Host;
using Hmas.Messaging;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Communication;

/// <summary>The hub's own broker behind TLS, as devices elsewhere reach it.</summary>
public sealed class TlsBrokerTests : IAsyncLifetime, IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly TestAuthority _stranger = new();
    private HubFixture _hub = null!;

    public async Task InitializeAsync()
    {
        var (certificate, key) = _authority.Issue("hub.test");
        _hub = await HubFixture.StartAsync(
            settings: new Dictionary<string, string?> { ["Tls:CertificateFile"] = certificate, ["Tls:KeyFile"] = key });
    }

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
    }

    [Fact]
    public async Task An_enrolled_device_comes_in_over_tls()
    {
        await using var device = await RunningDevice.ConnectAsync(await SettingsAsync("d-1", _authority.CaFile));
        Assert.True(device.Client.IsConnected);
    }

    [Fact]
    public async Task A_device_that_does_not_know_the_hubs_authority_does_not_talk_to_it()
    {
        var log = new WarningLog();
        await using var client = new FleetClient(await SettingsAsync("d-2", _stranger.CaFile), TimeProvider.System, log);
        var running = client.RunAsync(CancellationToken.None);
        Assert.Contains("certificate", await log.NextAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.False(client.IsConnected);
        await client.DisposeAsync();
        await running;
    }

    /// <summary>Mosquitto's own client is the judge that what we speak is TLS and MQTT.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Mosquittos_client_publishes_over_tls_only_with_the_right_authority(bool isRight)
    {
        var settings = await SettingsAsync("d-3", _authority.CaFile);
        var client = await Tool.TryAsync(new ProcessStartInfo("mosquitto_pub", [
            "-h", "localhost", "-p", _hub.Ports.MqttTls.ToString(CultureInfo.InvariantCulture), "--cafile",
            isRight ? _authority.CaFile : _stranger.CaFile, "--insecure",
            "-i", "d-3", "-u", "d-3", "-P", settings.Password!, "-q", "1", "-t", "hmas/v1/s-1/d-3/tele/points", "-m", "{}",
        ]));
        Assert.True(isRight == (client.Code == 0), $"mosquitto_pub ended with exit code {client.Code}: {client.Said}");
    }

    private async Task<FleetClientSettings> SettingsAsync(string id, string caFile)
    {
        var enrolled = await _hub.Get<IFleet>().EnrolAsync("s-1", id, default);
        return new FleetClientSettings
        {
            Broker = new Uri(string.Create(CultureInfo.InvariantCulture, $"mqtts://127.0.0.1:{_hub.Ports.MqttTls}")),
            ClientId = id,
            UserName = id,
            Password = enrolled.Password,
            Tls = new TlsSettings { CaFile = caFile, ServerName = "hub.test" },
        };
    }
}
