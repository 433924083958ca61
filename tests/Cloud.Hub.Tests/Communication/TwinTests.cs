using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Twins;
using Hmas.Messaging;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Communication;

public sealed class TwinTests : IAsyncLifetime
{
    private static readonly ModelAssignment Model = new() { Digest = "sha256:aa", Name = "pump", Release = 3, PackageBytes = 1000, Url = "/models/sha256:aa" };
    private CommunicationFixture _hub = null!;

    public async Task InitializeAsync() => _hub = await CommunicationFixture.StartAsync();

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    [Fact]
    public async Task A_desired_model_reaches_a_device_that_is_there_and_one_that_comes_later()
    {
        await using var here = await _hub.ConnectAsync("s-1", "d-1");
        Assert.Equal(1, (await _hub.Fleet.SetModelAsync("d-1", Model, default)).Version);
        Assert.Equal((1, "sha256:aa"), await DesiredAsync(here, "d-1") is var desired ? (desired.Version, desired.Model!.Digest) : default);
        await _hub.Fleet.EnrolAsync("s-1", "d-2", default);
        await _hub.Fleet.SetModelAsync("d-2", Model, default);
        await using var later = await _hub.ConnectAsync("s-1", "d-2");
        Assert.Equal(1, (await DesiredAsync(later, "d-2")).Version);
    }

    [Fact]
    public async Task A_device_that_asks_is_told_and_a_change_keeps_the_rest()
    {
        await using var device = await _hub.ConnectAsync("s-1", "d-1");
        await _hub.Fleet.SetModelAsync("d-1", Model, default);
        await _hub.Fleet.SetSamplingBoostAsync("d-1", 4, default);
        Assert.Equal(1, (await DesiredAsync(device, "d-1")).Version);
        Assert.Equal(2, (await DesiredAsync(device, "d-1")).Version);
        await device.PublishAsync(Topics.DesiredRequest("s-1", "d-1"), default);
        var again = await DesiredAsync(device, "d-1");
        Assert.Equal((2, 4, "sha256:aa"), (again.Version, again.SamplingBoost, again.Model!.Digest));
    }

    [Fact]
    public async Task What_was_desired_survives_a_restart_of_the_hub_and_its_broker()
    {
        await using var device = await _hub.ConnectAsync("s-1", "d-1");
        await _hub.Fleet.SetModelAsync("d-1", Model, default);
        await DesiredAsync(device, "d-1");
        await _hub.RestartAsync();
        Assert.Equal(1, (await DesiredAsync(device, "d-1")).Version);
    }

    [Fact]
    public async Task A_device_is_online_from_its_birth_until_it_vanishes()
    {
        using var heard = _hub.Bus.Subscribe("test", happened => happened is PresenceChanged);
        await using var line = new TcpRelay(_hub.Port);
        var enrolment = await _hub.Fleet.EnrolAsync("s-1", "d-1", default);
        var session = 0L;
        var will = new PresenceWill(
            Topics.Presence("s-1", "d-1"),
            () => ++session,
            (number, online) => JsonSerializer.SerializeToUtf8Bytes(new Presence(online, number, "boot", number), ContractsJson.Default.Presence));
        await using var device = await RunningDevice.ConnectAsync(_hub.Settings("s-1", "d-1", enrolment.Password) with { Broker = line.Address, Will = will });
        Assert.True((await NextPresenceAsync(heard)).Online);
        Assert.True((await _hub.Fleet.DeviceAsync("d-1", default))!.Online);
        line.Freeze();
        line.Cut();
        Assert.Equal((false, 1L), await NextPresenceAsync(heard) is var gone ? (gone.Online, gone.Session) : default);
        Assert.False((await _hub.Fleet.DeviceAsync("d-1", default))!.Online);
        line.Thaw();
        Assert.True((await NextPresenceAsync(heard)).Online);
    }

    [Fact]
    public async Task A_command_is_answered_by_its_device_or_expires()
    {
        await using var device = await _hub.ConnectAsync("s-1", "d-1");
        var sending = _hub.Fleet.SendAsync("d-1", "ping", RunningDevice.Limit, null, default);
        var command = await device.NextAsync(Topics.Command("s-1", "d-1"), ContractsJson.Default.DeviceCommand);
        await device.PublishAsync(Topics.CommandReply("s-1", "d-1"), JsonSerializer.SerializeToUtf8Bytes(new CommandReply(command.Id, true, Detail: "pong"), ContractsJson.Default.CommandReply));
        Assert.Equal((true, "pong"), await sending is var reply ? (reply.Succeeded, reply.Detail) : default);
        Assert.Equal("expired", (await _hub.Fleet.SendAsync("d-1", "ping", TimeSpan.FromMilliseconds(100), null, default)).Error);
        await Assert.ThrowsAsync<UnknownDeviceException>(() => _hub.Fleet.SendAsync("d-9", "ping", RunningDevice.Limit, null, default));
    }

    private static Task<DesiredState> DesiredAsync(RunningDevice device, string id) => device.NextAsync(Topics.Desired("s-1", id), ContractsJson.Default.DesiredState);

    private static async Task<Presence> NextPresenceAsync(EventBus.Subscription subscription) =>
        ((PresenceChanged)await subscription.Events.ReadAsync().AsTask().WaitAsync(RunningDevice.Limit)).Presence;
}
