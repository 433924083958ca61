using Cloud.Hub.Host;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Memory.Domain;
using Cloud.Hub.Tests.Host;
using Hmas.Contracts.Facts;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Memory;

public sealed class RetentionTests
{
    [Fact]
    public async Task The_bound_is_kept_and_the_valuable_and_the_newest_of_the_common_survive()
    {
        const long Bound = 4 << 20;
        await using var fixture = new ArchiveFixture(("Memory:RetentionBytes", $"{Bound}"));
        for (var i = 0; i < 30; i++)
        {
            var from = 1 + (i * 100);
            var facts = Enumerable.Range(from, 100).Select(s => Some.Fact(s, Some.Experience(s, value: s % 10 == 0 ? 1f : 0.1f))).ToArray();
            await fixture.Archive.AppendAsync([Some.Batch("pump-1", facts)], default);
        }

        var deleted = await fixture.Archive.KeepWithinBoundAsync(default);
        var left = await fixture.ReadAllAsync();
        var statistics = await fixture.Archive.StatisticsAsync(default);
        Assert.InRange(statistics.Bytes, Bound / 2, Bound);
        Assert.InRange(fixture.Archive.Health.FileBytes, Bound / 2, Bound);
        Assert.Equal(3000, deleted + left.Count);
        Assert.Equal(300, left.Count(e => e.Record.Value == 1f));
        Assert.All(
            left.Where(e => e.Record.Value < 1f), e => Assert.InRange(e.Sequence, 3000 - (left.Count - 300) - ((left.Count - 300) / 9) - 10, 3000));
        Assert.Equal(3000, statistics.Experiences);
        Assert.Equal(0, await fixture.Archive.KeepWithinBoundAsync(default));
    }

    [Fact]
    public async Task Facts_beside_experiences_keep_to_their_share_and_push_none_out()
    {
        const long Bound = 4 << 20;
        await using var fixture = new ArchiveFixture(("Memory:RetentionBytes", $"{Bound}"));
        await fixture.Archive.AppendAsync([Some.Run("pump-1", 1, 500)], default);
        var left = await fixture.ReadAllAsync();
        for (var i = 0; i < 40; i++) await fixture.Archive.AppendAsync([Alarms(from: 501 + (i * 500), count: 500)], default);
        Assert.True((await fixture.Archive.StatisticsAsync(default)).Bytes > Bound);

        Assert.InRange(await fixture.Archive.KeepWithinBoundAsync(default), 1, 20_000);

        Assert.Equal(left.Count, (await fixture.ReadAllAsync()).Count);
        Assert.InRange((await fixture.Archive.StatisticsAsync(default)).Bytes, 0, Bound);
        var facts = new List<long>();
        await foreach (var fact in fixture.Archive.ReadFactsAsync(new FactQuery(), default)) facts.Add(fact.Fact.Sequence);
        Assert.Equal(20_500, facts[^1]);
        Assert.Equal(Enumerable.Range(0, facts.Count).Select(i => facts[0] + i), facts);
        Assert.InRange(facts.Count, 1_000, 19_000);
        // A repeat of one that went is still a repeat.
        Assert.Equal(500, (await fixture.Archive.AppendAsync([Alarms(501, 500)], default)).Repeats);
    }

    [Fact]
    public async Task A_hub_that_is_fed_for_long_stays_within_its_bound_by_itself()
    {
        const long Bound = 4 << 20;
        await using var hub = await HubFixture.StartAsync(
            "memory", new Dictionary<string, string?> { ["Memory:RetentionBytes"] = $"{Bound}", ["Memory:RetentionInterval"] = "00:00:01" });
        var archive = hub.Get<IExperienceArchive>();
        long sequence = 1;
        for (var i = 0; i < 20; i++, sequence += 300)
        {
            await archive.AppendAsync([Some.Run("pump-1", sequence, 150)], default);
            await archive.AppendAsync([Alarms(sequence + 150, 150)], default);
        }

        var file = hub.Get<HubPaths>().Database("memory");
        await Eventually.HoldsAsync(async () => (await archive.StatisticsAsync(default)).Bytes <= Bound && new FileInfo(file).Length <= Bound);
        Assert.Equal(6_000, (await archive.StatisticsAsync(default)).Facts);
    }

    [Fact]
    public void The_plan_takes_whole_steps_and_a_part_of_the_last()
    {
        var plan = new RetentionPlan();
        plan.Count(0.1, 100);
        plan.Count(0.5, 100);
        plan.Count(0.9, 100);
        Assert.Equal((RetentionPlan.StepOf(0.5), 50L), plan.For(150));
        Assert.Equal((RetentionPlan.StepOf(0.1), 100L), plan.For(100));
    }

    private static FactBatch Alarms(long from, int count) =>
        Some.Batch("pump-1", [.. Enumerable.Range(0, count).Select(i => new Fact(from + i, FactKind.Alarm, from + i, new byte[250]))]);
}
