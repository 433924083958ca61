using System.Text;
using System.Text.Json;
using Cloud.Hub.Bus;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Twins;
using Hmas.Contracts.Wire;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Communication;

public sealed class IngestTests : IAsyncLifetime
{
    private CommunicationFixture _hub = null!;

    public async Task InitializeAsync() => _hub = await CommunicationFixture.StartAsync();

    public async Task DisposeAsync() => await _hub.DisposeAsync();

    [Fact]
    public async Task Facts_are_on_disk_when_they_are_acknowledged()
    {
        await using var device = await _hub.ConnectAsync("s-1", "d-1");
        await device.PublishAsync(Topics.Facts("s-1", "d-1"), Batch("d-1", 1, 20));
        Assert.Equal(new FactAck(5, 20), await AckAsync(device));
        Assert.Equal(20, (await _hub.Archive.StatisticsAsync(default)).Facts);
    }

    [Fact]
    public async Task A_repeat_is_stored_once_and_acknowledged_again()
    {
        await using var device = await _hub.ConnectAsync("s-1", "d-1");
        foreach (var (first, count, acknowledged) in new[] { (1, 10, 10L), (1, 10, 10L), (6, 10, 15L) })
        {
            await device.PublishAsync(Topics.Facts("s-1", "d-1"), Batch("d-1", first, count));
            Assert.Equal(acknowledged, (await AckAsync(device)).Sequence);
        }

        Assert.Equal(15, (await _hub.Archive.StatisticsAsync(default)).Facts);
    }

    [Fact]
    public async Task Facts_behind_a_gap_are_not_acknowledged_until_it_is_filled()
    {
        await using var device = await _hub.ConnectAsync("s-1", "d-1");
        await device.PublishAsync(Topics.Facts("s-1", "d-1"), Batch("d-1", 1, 5));
        Assert.Equal(5, (await AckAsync(device)).Sequence);
        await device.PublishAsync(Topics.Facts("s-1", "d-1"), Batch("d-1", 9, 3));
        Assert.Equal(5, (await AckAsync(device)).Sequence);
        await device.PublishAsync(Topics.Facts("s-1", "d-1"), Batch("d-1", 6, 6));
        Assert.Equal(11, (await AckAsync(device)).Sequence);
    }

    [Fact]
    public async Task A_restart_of_the_hub_forgets_no_acknowledged_fact()
    {
        await using var device = await _hub.ConnectAsync("s-1", "d-1");
        await device.PublishAsync(Topics.Facts("s-1", "d-1"), Batch("d-1", 1, 10));
        Assert.Equal(10, (await AckAsync(device)).Sequence);
        await _hub.RestartAsync();
        await device.ChangeAsync(connected: false);
        await device.ChangeAsync(connected: true);
        await device.PublishAsync(Topics.Facts("s-1", "d-1"), Batch("d-1", 1, 12));
        Assert.Equal(12, (await AckAsync(device)).Sequence);
        Assert.Equal(12, (await _hub.Archive.StatisticsAsync(default)).Facts);
    }

    [Fact]
    public async Task What_is_not_the_contracts_is_passed_over_and_the_next_batch_is_stored()
    {
        await using var device = await _hub.ConnectAsync("s-1", "d-1");
        await _hub.Fleet.EnrolAsync("s-1", "d-2", default);
        var topic = Topics.Facts("s-1", "d-1");
        await device.PublishAsync(topic, "no batch"u8.ToArray());
        await device.PublishAsync(topic, Batch("d-2", 1, 5));
        var damaged = Batch("d-1", 1, 5);
        damaged[^1] ^= 1;
        await device.PublishAsync(topic, damaged);
        await device.PublishAsync(Topics.Telemetry("s-1", "d-1"), "{"u8.ToArray());
        await device.PublishAsync(Topics.Reported("s-1", "d-1"), "null"u8.ToArray(), retain: true);
        await device.PublishAsync(topic, Batch("d-1", 1, 5));
        Assert.Equal(5, (await AckAsync(device)).Sequence);
        var archived = await _hub.Archive.StatisticsAsync(default);
        Assert.Equal((5L, "d-1"), (archived.Facts, Assert.Single(archived.Devices).DeviceId));
    }

    [Fact]
    public async Task Stored_alarms_and_telemetry_come_out_on_the_bus()
    {
        using var heard = _hub.Bus.Subscribe("test", happened => happened is AlarmChanged or TelemetryReceived or FactsStored);
        await using var device = await _hub.ConnectAsync("s-1", "d-1");
        Assert.True(
            device.Client.TryPublishTelemetry(
                Topics.Telemetry("s-1", "d-1"),
                JsonSerializer.SerializeToUtf8Bytes(
                    new TelemetryBatch("run-1", [new TelemetryPoint(5, [1f, null], 0.5f, 1f, false)]), ContractsJson.Default.TelemetryBatch)));
        Assert.Equal("run-1", Assert.IsType<TelemetryReceived>(await NextAsync(heard)).Batch.RunId);
        await device.PublishAsync(Topics.Facts("s-1", "d-1"), Batch("d-1", 1, 1));
        Assert.Equal(1, Assert.IsType<FactsStored>(await NextAsync(heard)).Batch.LastSequence);
        Assert.Equal(
            ("d-1", "alarm-1"), Assert.IsType<AlarmChanged>(await NextAsync(heard)) is var alarm ? (alarm.DeviceId, alarm.Alarm.AlarmId) : default);
    }

    private static Task<FactAck> AckAsync(RunningDevice device) => device.NextAsync(Topics.FactAck("s-1", "d-1"), ContractsJson.Default.FactAck);

    private static Task<HubEvent> NextAsync(EventBus.Subscription subscription) =>
        subscription.Events.ReadAsync().InTimeAsync();

    private static byte[] Batch(string device, long first, int count) =>
        FactBatchCodec.Encode(
            new FactBatch(
                "s-1", device, 5, [.. Enumerable.Range(0, count).Select(i => new Fact(first + i, FactKind.Alarm, first + i, Alarm(first + i)))]));

    private static byte[] Alarm(long sequence) => Encoding.UTF8.GetBytes(
        $$"""{"alarmId":"alarm-{{sequence}}","runId":"run-1","ruleId":"r","raised":true,"severity":"warning","timestampUs":{{sequence}}}""");
}
