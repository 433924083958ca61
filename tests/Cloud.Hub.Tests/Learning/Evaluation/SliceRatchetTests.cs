using Cloud.Hub.Learning.Evaluation;

namespace Cloud.Hub.Tests.Learning.Evaluation;

public sealed class SliceRatchetTests
{
    [Fact]
    public void A_candidate_that_is_nowhere_worse_is_refused_about_as_rarely_as_promised()
    {
        var random = new Random(1);
        var refused = 0;
        const int Tries = 4_000;
        for (var i = 0; i < Tries; i++)
        {
            if (new SliceRatchet(0.05).Refuses(Draw(random, 0.9, 400), Draw(random, 0.9, 400)) is not null) refused++;
        }

        // Below 5 % and four standard deviations; far below would mean that the test sees nothing.
        Assert.InRange(refused, Tries * 0.01, (Tries * 0.05) + (4 * Math.Sqrt(Tries * 0.05)));
    }

    [Fact]
    public void A_slice_that_lost_ten_points_of_four_hundred_rows_is_seen()
    {
        var random = new Random(2);
        var seen = 0;
        for (var i = 0; i < 500; i++)
        {
            var now = Draw(random, 0.9, 400);
            now["c"] = Draw(random, 0.8, 400)["c"];
            if (new SliceRatchet(0.05).Refuses(Draw(random, 0.9, 400), now)?.StartsWith("slice c:", StringComparison.Ordinal) == true) seen++;
        }

        Assert.InRange(seen, 400, 500);
    }

    [Fact]
    public void The_best_of_each_slice_stays()
    {
        var best = SliceRatchet.Raise(
            new Dictionary<string, SliceCount> { ["a"] = new(90, 100), ["b"] = new(50, 100) },
            new Dictionary<string, SliceCount> { ["a"] = new(80, 100), ["b"] = new(60, 100), ["c"] = new(1, 2) });
        Assert.Equal((0.9, 0.6, 0.5), (best["a"].Share, best["b"].Share, best["c"].Share));
    }

    private static Dictionary<string, SliceCount> Draw(Random random, double share, int rows) => new[] { "a", "b", "c", "d" }.ToDictionary(
        name => name, _ => new SliceCount(Enumerable.Range(0, rows).Count(_ => random.NextDouble() < share), rows));
}
