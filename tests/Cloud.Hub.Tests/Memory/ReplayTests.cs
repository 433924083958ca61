using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Memory.Domain;

namespace Cloud.Hub.Tests.Memory;

public sealed class ReplayTests
{
    [Fact]
    public async Task The_same_seed_draws_the_same_and_another_seed_others()
    {
        await using var fixture = new ArchiveFixture();
        await fixture.Archive.AppendAsync([Some.Run("pump-1", 1, 300)], default);
        var first = await Draw(fixture, 1);
        Assert.Equal(40, first.Distinct().Count());
        Assert.Equal(first, await Draw(fixture, 1));
        Assert.NotEqual(first, await Draw(fixture, 2));
    }

    [Fact]
    public async Task A_draw_larger_than_the_archive_gives_all_of_it()
    {
        await using var fixture = new ArchiveFixture();
        await fixture.Archive.AppendAsync([Some.Run("pump-1", 1, 7)], default);
        Assert.Equal(7, (await fixture.Archive.SampleAsync(new ReplayRequest(50, true, 1), default)).Count);
    }

    [Fact]
    public void A_prioritized_first_draw_is_proportional_to_value()
    {
        // Values 0.1 to 1.0; over 20,000 draws of one the share of each is value / 5.5 within four standard deviations.
        var drawn = new int[10];
        const int Draws = 20_000;
        for (var seed = 0; seed < Draws; seed++)
        {
            var draw = new ReplayDraw(1, prioritized: true, seed);
            for (var i = 0; i < 10; i++) draw.Offer(i, (i + 1) / 10.0);
            drawn[draw.Ids()[0]]++;
        }

        for (var i = 0; i < 10; i++)
        {
            var share = (i + 1) / 55.0;
            Assert.InRange(drawn[i], (Draws * share) - (4 * Math.Sqrt(Draws * share)), (Draws * share) + (4 * Math.Sqrt(Draws * share)));
        }
    }

    [Fact]
    public void A_uniform_draw_does_not_look_at_value()
    {
        var high = 0;
        for (var seed = 0; seed < 1000; seed++)
        {
            var draw = new ReplayDraw(10, prioritized: false, seed);
            for (var i = 0; i < 100; i++) draw.Offer(i, i < 50 ? 0 : 1);
            high += draw.Ids().Count(id => id >= 50);
        }

        // Half of 10,000 draws within four standard deviations of a hypergeometric draw (below 50 each).
        Assert.InRange(high, 4_800, 5_200);
    }

    private static async Task<List<long>> Draw(ArchiveFixture fixture, long seed) =>
        [.. (await fixture.Archive.SampleAsync(new ReplayRequest(40, false, seed), default)).Select(e => e.Id)];
}
