using Cloud.Hub.Memory.Contract;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Memory;

public sealed class ExperienceArchiveTests : IAsyncLifetime
{
    private readonly ArchiveFixture _fixture = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task What_was_acknowledged_reads_back_as_it_was_sent()
    {
        var sent = Some.Experience(5_000_000) with { RuleId = "r1", Action = "log", Score = float.NaN };
        var result = await Append(Some.Batch("pump-1", Some.Fact(1), Some.Fact(2, sent)));
        await _fixture.ReopenAsync();
        var read = (await _fixture.ReadAllAsync())[1];
        Assert.Equal([new FactAck(7, 2)], result.Acknowledgements);
        Assert.Equal(("site-1", "pump-1", 7L, 2L), (read.SiteId, read.DeviceId, read.Epoch, read.Sequence));
        Assert.Equal(sent.Window, read.Record.Window);
        Assert.Equivalent(sent, read.Record);
    }

    [Fact]
    public async Task A_repeat_is_dropped_and_counted_even_after_a_restart()
    {
        await Append(Some.Run("pump-1", 1, 5));
        await _fixture.ReopenAsync();
        var result = await Append(Some.Run("pump-1", 3, 5));
        Assert.Equal(3, result.Repeats);
        Assert.Equal([6L, 7L], result.Stored[0].Facts.Select(fact => fact.Sequence));
        Assert.Equal([new FactAck(7, 7)], result.Acknowledgements);
        Assert.Equal([1L, 2L, 3L, 4L, 5L, 6L, 7L], (await _fixture.ReadAllAsync()).Select(e => e.Sequence));
    }

    [Fact]
    public async Task Facts_behind_a_gap_are_not_stored_and_not_acknowledged()
    {
        var result = await Append(Some.Batch("pump-1", Some.Fact(1), Some.Fact(3), Some.Fact(4)));
        Assert.Equal((2, 0), (result.Gaps, result.Repeats));
        Assert.Equal([new FactAck(7, 1)], result.Acknowledgements);
        result = await Append(Some.Run("pump-1", 2, 3));
        Assert.Equal([new FactAck(7, 4)], result.Acknowledgements);
        Assert.Equal(2, (await _fixture.Archive.StatisticsAsync(default)).Gaps);
    }

    [Fact]
    public async Task A_tombstone_closes_the_hole_and_is_counted()
    {
        var result = await Append(Some.Batch("pump-1", Some.Fact(1), Some.Evicted(2, 3), Some.Fact(5)));
        Assert.Equal([new FactAck(7, 5)], result.Acknowledgements);
        Assert.Equal([1L, 5L], result.Stored[0].Facts.Select(fact => fact.Sequence));
        Assert.Equal(3, (await _fixture.Archive.StatisticsAsync(default)).Evicted);
    }

    [Fact]
    public async Task A_device_that_lost_its_disk_starts_at_one_in_a_new_epoch()
    {
        await Append(Some.Run("pump-1", 1, 3));
        var result = await Append(Some.Run("pump-1", 1, 2) with { Epoch = 8 });
        Assert.Equal([new FactAck(8, 2)], result.Acknowledgements);
        var devices = (await _fixture.Archive.StatisticsAsync(default)).Devices;
        Assert.Equal([(7L, 3L), (8L, 2L)], devices.Select(device => (device.Epoch, device.Sequence)));
    }

    [Fact]
    public async Task Two_batches_of_one_device_in_one_commit_continue_each_other()
    {
        var result = await Append(Some.Run("pump-1", 1, 3), Some.Run("pump-1", 3, 3), Some.Run("pump-2", 1, 1));
        Assert.Equal([3L, 5L, 1L], result.Acknowledgements.Select(ack => ack.Sequence));
        Assert.Equal(1, result.Repeats);
    }

    [Fact]
    public async Task A_payload_that_is_no_experience_is_kept_aside_and_the_stream_goes_on()
    {
        var result = await Append(Some.Batch("pump-1", new Fact(1, FactKind.Experience, 5, new byte[] { 9, 9 }), Some.Fact(2)));
        Assert.Equal([new FactAck(7, 2)], result.Acknowledgements);
        Assert.Equal([2L], result.Stored[0].Facts.Select(fact => fact.Sequence));
        Assert.Equal(1, (await _fixture.Archive.StatisticsAsync(default)).QuarantinedRecords);
    }

    [Fact]
    public async Task A_record_that_rotted_on_disk_is_kept_aside_and_counted_and_reading_goes_on()
    {
        await Append(Some.Run("pump-1", 1, 200));
        await _fixture.ReopenAsync(() => _fixture.Damage(
            "UPDATE payload SET body=substr(body, 1, 100) || x'00' || substr(body, 102) WHERE id IN (70, 71)"));
        var read = await _fixture.ReadAllAsync();
        Assert.Equal(198, read.Count);
        Assert.DoesNotContain(read, e => e.Id is 70 or 71);
        Assert.Equal(2, _fixture.Archive.Health.QuarantinedRecords);
        Assert.Equal(2, (await _fixture.Archive.StatisticsAsync(default)).QuarantinedRecords);
        Assert.Equal(198, (await _fixture.ReadAllAsync()).Count);
        Assert.Equal(2, _fixture.Archive.Health.QuarantinedRecords);
    }

    [Fact]
    public async Task Queries_restrict_by_what_they_name()
    {
        await Append(
            Some.Batch(
                "pump-1", Some.Fact(1, Some.Experience(1_000_000, "a")),
                Some.Fact(2, Some.Experience(2_000_000, "a", reasons: ExperienceReasons.Alarm | ExperienceReasons.Rare))),
            Some.Batch("pump-2", Some.Fact(1, Some.Experience(3_000_000, "b"))) with { SiteId = "site-2" });
        Assert.Equal([1L, 2L], await Ids(new ExperienceQuery { DeviceId = "pump-1" }));
        Assert.Equal([3L], await Ids(new ExperienceQuery { SiteId = "site-2" }));
        Assert.Equal([1L, 2L], await Ids(new ExperienceQuery { RunId = "a" }));
        Assert.Equal([2L, 3L], await Ids(new ExperienceQuery { FromUs = 2_500_000 }));
        Assert.Equal([1L], await Ids(new ExperienceQuery { ToUs = 1_500_000 }));
        Assert.Equal([2L], await Ids(new ExperienceQuery { Reasons = ExperienceReasons.Alarm | ExperienceReasons.Uncertain }));
        Assert.Equal(
            [2L], await Ids(
                new ExperienceQuery { SiteId = "site-1", DeviceId = "pump-1", RunId = "a", FromUs = 0, ToUs = 9_000_000,
                    Reasons = ExperienceReasons.Rare, AfterId = 1, Limit = 5 }));
        Assert.Equal([2L, 3L], await Ids(new ExperienceQuery { AfterId = 1 }));
        Assert.Equal([1L, 2L], await Ids(new ExperienceQuery { Limit = 2 }));
        Assert.Empty(await Ids(new ExperienceQuery { DeviceId = "pump-9" }));
    }

    [Fact]
    public async Task Reading_gives_every_row_once_in_order_over_many_pages()
    {
        for (var i = 0; i < 5; i++) await Append(Some.Run("pump-1", 1 + (i * 60), 60), Some.Run("pump-2", 1 + (i * 60), 60));
        var ids = await Ids(new ExperienceQuery { DeviceId = "pump-2" });
        Assert.Equal(300, ids.Count);
        Assert.Equal(ids.Order(), ids);
        Assert.Equal(600, (await _fixture.ReadAllAsync()).DistinctBy(e => e.Id).Count());
    }

    [Fact]
    public async Task Other_facts_read_back_in_the_order_of_their_commits()
    {
        Assert.Equal(0, await _fixture.Archive.LastFactIdAsync(default));
        await Append(
            Some.Batch(
                "pump-1", new Fact(1, FactKind.RunStarted, 10, "{}"u8.ToArray()), Some.Fact(2),
                new Fact(3, FactKind.Alarm, 30, "{\"a\":1}"u8.ToArray())),
            Some.Batch("pump-2", new Fact(1, FactKind.Alarm, 20, "{}"u8.ToArray())));
        var read = new List<ArchivedFact>();
        await foreach (var fact in _fixture.Archive.ReadFactsAsync(new FactQuery(), default)) read.Add(fact);
        Assert.Equal(read[^1].Id, await _fixture.Archive.LastFactIdAsync(default));
        Assert.Equal(
            [("pump-1", 1L, FactKind.RunStarted, 10L), ("pump-1", 3L, FactKind.Alarm, 30L), ("pump-2", 1L, FactKind.Alarm, 20L)],
            read.Select(f => (f.DeviceId, f.Fact.Sequence, f.Fact.Kind, f.Fact.TimestampUs)));
        Assert.Equal("{\"a\":1}"u8.ToArray(), read[1].Fact.Payload.ToArray());
        var alarms = new List<ArchivedFact>();
        await foreach (var fact in _fixture.Archive.ReadFactsAsync(new FactQuery { Kind = FactKind.Alarm, AfterId = read[1].Id, Limit = 9 }, default))
            alarms.Add(fact);
        Assert.Equal(["pump-2"], alarms.Select(f => f.DeviceId));
    }

    [Fact]
    public async Task A_device_that_moved_to_another_site_keeps_its_place_in_its_stream()
    {
        await Append(Some.Run("pump-1", 1, 3));
        var result = await Append(Some.Run("pump-1", 4, 1) with { SiteId = "site-9" });
        Assert.Equal([new FactAck(7, 4)], result.Acknowledgements);
        Assert.Equal("site-9", Assert.Single((await _fixture.Archive.StatisticsAsync(default)).Devices).SiteId);
    }

    private Task<AppendResult> Append(params FactBatch[] batches) => _fixture.Archive.AppendAsync(batches, default);

    private async Task<List<long>> Ids(ExperienceQuery query) => (await _fixture.ReadAllAsync(query)).ConvertAll(e => e.Id);
}
