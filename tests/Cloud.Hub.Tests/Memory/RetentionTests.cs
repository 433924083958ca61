using Cloud.Hub.Memory.Domain;

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
        Assert.All(left.Where(e => e.Record.Value < 1f), e => Assert.InRange(e.Sequence, 3000 - (left.Count - 300) - ((left.Count - 300) / 9) - 10, 3000));
        Assert.Equal(3000, statistics.Experiences);
        Assert.Equal(0, await fixture.Archive.KeepWithinBoundAsync(default));
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
}
