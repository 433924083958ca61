using System.Text;
using Hmas.Contracts;
using Hmas.Testing;
using MQTTnet;
using MQTTnet.Protocol;

namespace Cloud.Hub.Tests.Communication;

/// <summary>What raw clients may and may not do at the hub's broker.</summary>
public sealed class BrokerAccessTests : IAsyncLifetime
{
    private CommunicationFixture _hub = null!;

    public async Task InitializeAsync() => _hub = await CommunicationFixture.StartAsync();

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    [Fact]
    public async Task An_unknown_device_or_a_wrong_password_is_refused()
    {
        var enrolment = await _hub.Fleet.EnrolAsync("s-1", "d-1", default);
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await TryConnectAsync("d-2", "d-2", enrolment.Password));
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await TryConnectAsync("d-1", "d-1", "guess"));
        Assert.Equal(MqttClientConnectResultCode.ClientIdentifierNotValid, await TryConnectAsync("d-other", "d-1", enrolment.Password));
        Assert.Equal(MqttClientConnectResultCode.ClientIdentifierNotValid, await TryConnectAsync("d-1", null, null));
        Assert.Equal(MqttClientConnectResultCode.Success, await TryConnectAsync("d-1", "d-1", enrolment.Password));
    }

    [Fact]
    public async Task A_new_enrolment_ends_the_old_credential()
    {
        var old = await _hub.Fleet.EnrolAsync("s-1", "d-1", default);
        var now = await _hub.Fleet.EnrolAsync("s-1", "d-1", default);
        Assert.Equal(MqttClientConnectResultCode.BadUserNameOrPassword, await TryConnectAsync("d-1", "d-1", old.Password));
        Assert.Equal(MqttClientConnectResultCode.Success, await TryConnectAsync("d-1", "d-1", now.Password));
        await Assert.ThrowsAsync<ArgumentException>(() => _hub.Fleet.EnrolAsync("s-2", "d-1", default));
    }

    [Theory]
    [InlineData("hmas/v1/s-1/d-2/exp/batch", false)]
    [InlineData("hmas/v1/s-2/d-1/exp/batch", false)]
    [InlineData("hmas/v1/s-1/d-1/state/desired", false)]
    [InlineData("hmas/v1/s-1/d-1/ack/exp", false)]
    [InlineData("hmas/v1/s-1/d-2/state/presence", true)]
    [InlineData("hmas/v1/s-1/d-1/exp/batch", true)]
    [InlineData("anything", false)]
    public async Task A_device_may_not_publish_what_is_not_its_own(string topic, bool retain)
    {
        using var client = await ConnectAsync("d-1");
        var answer = await client.PublishAsync(
            new MqttApplicationMessage { Topic = topic, Retain = retain, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce });
        Assert.Equal(MqttClientPublishReasonCode.NotAuthorized, answer.ReasonCode);
    }

    [Theory]
    [InlineData("hmas/v1/s-1/d-2/cmd/request")]
    [InlineData("hmas/v1/s-1/+/cmd/request")]
    [InlineData("hmas/v1/s-1/d-1/#")]
    [InlineData("hmas/v1/s-1/d-1/exp/batch")]
    [InlineData("#")]
    [InlineData("$SYS/#")]
    [InlineData("$share/g/hmas/v1/s-1/d-1/cmd/request")]
    public async Task A_device_may_not_subscribe_to_what_is_not_its_own(string filter)
    {
        using var client = await ConnectAsync("d-1");
        var wanted =
            new MqttClientSubscribeOptions { TopicFilters =
                [new MQTTnet.Packets.MqttTopicFilter { Topic = filter, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce }] };
        var answer = await client.SubscribeAsync(wanted);
        // MQTTnet's server refuses a shared subscription before anyone is asked.
        var expected = filter.StartsWith("$share", StringComparison.Ordinal)
            ? MqttClientSubscribeResultCode.SharedSubscriptionsNotSupported : MqttClientSubscribeResultCode.NotAuthorized;
        Assert.Equal(expected, Assert.Single(answer.Items).ResultCode);
    }

    [Fact]
    public async Task A_will_on_another_devices_topic_is_not_sent()
    {
        await using var victim = await _hub.ConnectAsync("s-1", "d-2");
        await victim.PublishAsync(
            Topics.Presence("s-1", "d-2"), Encoding.UTF8.GetBytes("""{"online":true,"session":1,"bootId":"b","timestampUs":1}"""), retain: true);
        using var presence = _hub.Bus.Subscribe("test", happened => happened is Bus.PresenceChanged);
        await using (var line = new TcpRelay(_hub.Port))
        {
            var enrolment = await _hub.Fleet.EnrolAsync("s-1", "d-1", default);
            using var client = new MqttClientFactory().CreateMqttClient();
            var options = Options("d-1", "d-1", enrolment.Password, line.Address.Port)
                .WithWillTopic(Topics.Presence("s-1", "d-2")).WithWillRetain().WithWillQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
                .WithWillPayload("""{"online":false,"session":9,"bootId":"b","timestampUs":2}""").Build();
            await client.ConnectAsync(options);
            line.Freeze();
            line.Cut();
        }

        // A later word of the victim comes through; nothing came before it.
        await victim.PublishAsync(
            Topics.Presence("s-1", "d-2"), Encoding.UTF8.GetBytes("""{"online":true,"session":2,"bootId":"b","timestampUs":3}"""), retain: true);
        var heard = Assert.IsType<Bus.PresenceChanged>(await presence.Events.ReadAsync().InTimeAsync());
        Assert.Equal(2, heard.Presence.Session);
        Assert.True((await _hub.Fleet.DeviceAsync("d-2", default))!.Online);
    }

    [Fact]
    public async Task A_packet_above_the_limit_ends_the_connection()
    {
        using var client = await ConnectAsync("d-1");
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.DisconnectedAsync += _ =>
        {
            gone.TrySetResult();
            return Task.CompletedTask;
        };
        // Whether the sending itself still succeeds is the network's affair; that the line ends is the hub's.
        await Task.WhenAny(
            client.PublishAsync(new MqttApplicationMessage { Topic = Topics.Facts("s-1", "d-1"), Payload = new(new byte[(1 << 20) + 2000]) }));
        await gone.Task.InTimeAsync();
    }

    private static MqttClientOptionsBuilder Options(string clientId, string? user, string? password, int port)
    {
        var options = new MqttClientOptionsBuilder().WithTcpServer("127.0.0.1", port).WithClientId(clientId)
            .WithProtocolVersion(MQTTnet.Formatter.MqttProtocolVersion.V500);
        return user is null ? options : options.WithCredentials(user, password!);
    }

    private async Task<IMqttClient> ConnectAsync(string device)
    {
        var enrolment = await _hub.Fleet.EnrolAsync("s-1", device, default);
        var client = new MqttClientFactory().CreateMqttClient();
        await client.ConnectAsync(Options(device, device, enrolment.Password, _hub.Port).Build());
        return client;
    }

    private async Task<MqttClientConnectResultCode> TryConnectAsync(string clientId, string? user, string? password)
    {
        using var client = new MqttClientFactory().CreateMqttClient();
        return (await client.ConnectAsync(Options(clientId, user, password, _hub.Port).Build())).ResultCode;
    }
}
