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
    public void What_two_models_say_of_the_same_rows_tells_more_than_their_shares()
    {
        // Twelve answers of 414 lost and none won: 92.3 % to 89.4 %.
        var was = Enumerable.Range(0, 414).Select(i => i < 382).ToArray();
        var now = was.Select((right, i) => right && i >= 12).ToArray();
        var ratchet = new SliceRatchet();
        Assert.Null(ratchet.Refuses(One(new SliceCount(382, 414)), One(new SliceCount(370, 414))));
        Assert.StartsWith(
            "slice c: right answers fell from its best 92.3 % to 89.4 %", ratchet.Refuses(One(Count(was)), One(Count(now))),
            StringComparison.Ordinal);
        // As many won elsewhere: nothing is lost.
        Assert.Null(ratchet.Refuses(One(Count(was)), One(Count([.. was.Select((right, i) => right ? i >= 12 : i < 394)]))));
        // Rows that share a window tell less.
        Assert.Null(ratchet.Refuses(
            One(new SliceCount(382 / 39.0, 414 / 39.0) { Right = was }), One(new SliceCount(370 / 39.0, 414 / 39.0) { Right = now })));
    }

    [Fact]
    public void Of_the_same_rows_too_a_candidate_that_is_nowhere_worse_is_refused_rarely()
    {
        var random = new Random(3);
        var refused = 0;
        const int Tries = 2_000;
        for (var i = 0; i < Tries; i++)
        {
            // Most rows are easy for both or hard for both; on one in ten each is right by chance.
            var (was, now) = (new bool[400], new bool[400]);
            for (var row = 0; row < was.Length; row++) (was[row], now[row]) = row % 10 > 0 ? (row % 7 > 0, row % 7 > 0) : (Toss(), Toss());
            if (new SliceRatchet(0.05).Refuses(One(Count(was)), One(Count(now))) is not null) refused++;
        }

        Assert.InRange(refused, Tries * 0.01, (Tries * 0.05) + (4 * Math.Sqrt(Tries * 0.05)));

        bool Toss() => random.Next(2) == 0;
    }

    [Fact]
    public void The_best_of_each_slice_stays()
    {
        var best = SliceRatchet.Raise(
            new Dictionary<string, SliceCount> { ["a"] = new(90, 100), ["b"] = new(50, 100) },
            new Dictionary<string, SliceCount> { ["a"] = new(80, 100), ["b"] = new(60, 100), ["c"] = new(1, 2) });
        Assert.Equal((0.9, 0.6, 0.5), (best["a"].Share, best["b"].Share, best["c"].Share));
    }

    private static Dictionary<string, SliceCount> One(SliceCount count) => new() { ["c"] = count };

    private static SliceCount Count(bool[] right) => new(right.Count(static isRight => isRight), right.Length) { Right = right };

    private static Dictionary<string, SliceCount> Draw(Random random, double share, int rows) => new[] { "a", "b", "c", "d" }.ToDictionary(
        name => name, _ => new SliceCount(Enumerable.Range(0, rows).Count(_ => random.NextDouble() < share), rows));
}
