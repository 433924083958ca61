using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Communication.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Twins;
using Hmas.Messaging;
using Hmas.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Cloud.Hub.Tests.Communication;

public sealed class TwinTests : IAsyncLifetime
{
    private static readonly ModelAssignment Model = new() { Digest = "sha256:aa", Name = "pump", Release = 3, PackageBytes = 1000,
        Url = "/models/sha256:aa" };
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
    public async Task What_a_device_reported_survives_a_crash_of_the_hub_and_is_told_once_on_the_bus()
    {
        await using (var device = await _hub.ConnectAsync("s-1", "d-1"))
        {
            using var heard = _hub.Bus.Subscribe("test", happened => happened is ReportedStateChanged);
            await ReportAsync(device, desiredVersion: 3, "sha256:aa", timestampUs: 10);
            await ReportAsync(device, desiredVersion: 2, "sha256:old", timestampUs: 9);
            await ReportAsync(device, desiredVersion: 4, "sha256:bb", timestampUs: 11);
            Assert.Equal(["sha256:aa", "sha256:bb"], [(await NextReportAsync(heard)).ActiveDigest!, (await NextReportAsync(heard)).ActiveDigest!]);
        }

        await _hub.CrashAsync();
        var view = (await _hub.Fleet.DeviceAsync("d-1", default))!;
        Assert.Equal((4, "sha256:bb", false), (view.Reported!.DesiredVersion, view.Reported.ActiveDigest, view.Online));
        Assert.NotNull(view.LastSeen);
        // It follows version 4 of a state that this hub never had: the next one must be above.
        Assert.Equal(5, (await _hub.Fleet.SetModelAsync("d-1", Model, default)).Version);
    }

    [Fact]
    public async Task Reports_in_which_only_counters_grew_are_shown_and_not_written()
    {
        await using var device = await _hub.ConnectAsync("s-1", "d-1");
        using var heard = _hub.Bus.Subscribe("test", happened => happened is ReportedStateChanged);
        await ReportAsync(device, desiredVersion: 1, "sha256:aa", timestampUs: 1, samples: 1);
        await NextReportAsync(heard);
        var writes = Writes();
        for (var i = 2; i <= 20; i++)
        {
            await ReportAsync(device, desiredVersion: 1, "sha256:aa", timestampUs: i, samples: i);
            await NextReportAsync(heard);
        }

        Assert.Equal(20, (await _hub.Fleet.DeviceAsync("d-1", default))!.Reported!.Counters.Samples);
        Assert.Equal(writes, Writes());
        await ReportAsync(device, desiredVersion: 1, "sha256:bb", timestampUs: 21, samples: 21);
        await NextReportAsync(heard);
        Assert.Equal(writes + 1, Writes());
    }

    [Fact]
    public async Task Facts_are_stored_and_acknowledged_while_twins_cannot_be_kept()
    {
        await using var hub = await CommunicationFixture.StartAsync(static services =>
            services.AddKeyedSingleton<Orleans.Storage.IGrainStorage>("Default", static (_, _) => new BrokenGrainStorage()));
        await using var device = await hub.ConnectAsync("s-1", "d-1");
        await Assert.ThrowsAnyAsync<Exception>(() => hub.Twin("d-1").HeardPresenceAsync(new Presence(true, 1, "boot", 1)));
        var fact = new Hmas.Contracts.Facts.Fact(1, Hmas.Contracts.Facts.FactKind.Alarm, 1, "{}"u8.ToArray());
        await device.PublishAsync(
            Topics.Facts("s-1", "d-1"), Hmas.Contracts.Wire.FactBatchCodec.Encode(new Hmas.Contracts.Facts.FactBatch("s-1", "d-1", 5, [fact])));
        Assert.Equal(1, (await device.NextAsync(Topics.FactAck("s-1", "d-1"), ContractsJson.Default.FactAck)).Sequence);
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
        await using var device = await RunningDevice.ConnectAsync(
            _hub.Settings("s-1", "d-1", enrolment.Password) with { Broker = line.Address, Will = will });
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
        var sending = _hub.Fleet.SendAsync("d-1", "ping", Eventually.Limit, null, default);
        var command = await device.NextAsync(Topics.Command("s-1", "d-1"), ContractsJson.Default.DeviceCommand);
        await device.PublishAsync(
            Topics.CommandReply("s-1", "d-1"),
            JsonSerializer.SerializeToUtf8Bytes(new CommandReply(command.Id, true, Detail: "pong"), ContractsJson.Default.CommandReply));
        Assert.Equal((true, "pong"), await sending is var reply ? (reply.Succeeded, reply.Detail) : default);
        Assert.Equal("expired", (await _hub.Fleet.SendAsync("d-1", "ping", TimeSpan.FromMilliseconds(100), null, default)).Error);
        await Assert.ThrowsAsync<UnknownDeviceException>(() => _hub.Fleet.SendAsync("d-9", "ping", Eventually.Limit, null, default));
    }

    private static Task<DesiredState> DesiredAsync(RunningDevice device, string id) =>
        device.NextAsync(Topics.Desired("s-1", id), ContractsJson.Default.DesiredState);

    /// <summary>How often the twins' states were written, by their ETags.</summary>
    private long Writes()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_hub.Folder, "grains.db")};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT COALESCE(SUM(etag), 0) FROM grain_state WHERE name = 'twin'";
        return (long)command.ExecuteScalar()!;
    }

    private static Task ReportAsync(RunningDevice device, long desiredVersion, string digest, long timestampUs, long samples = 0) =>
        device.PublishAsync(
        Topics.Reported("s-1", "d-1"),
        JsonSerializer.SerializeToUtf8Bytes(
            new ReportedState
            {
                DesiredVersion = desiredVersion,
                BootId = "boot",
                AgentVersion = "1",
                Session = 1,
                ActiveDigest = digest,
                SlotState = Hmas.Contracts.Models.SlotState.Committed,
                Channels = [new Hmas.Contracts.Sensing.SensorChannel("pressure", "bar")],
                Counters = new DeviceCounters { Samples = samples },
                TimestampUs = timestampUs,
            },
            ContractsJson.Default.ReportedState),
        retain: true);

    private static async Task<ReportedState> NextReportAsync(EventBus.Subscription subscription) =>
        ((ReportedStateChanged)await subscription.Events.ReadAsync().InTimeAsync()).Reported;

    private static async Task<Presence> NextPresenceAsync(EventBus.Subscription subscription) =>
        ((PresenceChanged)await subscription.Events.ReadAsync().InTimeAsync()).Presence;
}
