using System.Net;
using MQTTnet.Server;

namespace Hmas.Testing;

/// <summary>MQTTnet's server; a kill stops it and forgets everything, as the death of its process would.</summary>
public sealed class EmbeddedBrokerFixture : BrokerFixture
{
    private MqttServer? _server;

    public override bool KeepsState => false;

    public override async Task KillAsync()
    {
        if (_server is not { } server) return;
        _server = null;
        await server.StopAsync(new MqttServerStopOptions());
        server.Dispose();
    }

    protected override async Task LaunchAsync()
    {
        var options = new MqttServerOptionsBuilder()
            .WithDefaultEndpoint()
            .WithDefaultEndpointPort(Port)
            .WithDefaultEndpointBoundIPAddress(IPAddress.Loopback)
            .WithDefaultEndpointBoundIPV6Address(IPAddress.None)
            .WithDefaultEndpointReuseAddress()
            .WithPersistentSessions()
            .Build();
        _server = new MqttServerFactory().CreateMqttServer(options);
        await _server.StartAsync();
    }
}
