using Cloud.Hub.Redistribution.Rollouts.Gates;

namespace Cloud.Hub.Tests.Redistribution.Rollouts.Gates;

public class WagerTests
{
    [Fact]
    public void What_is_within_the_limit_says_nothing_against_it_and_nothing_bet_says_nothing_at_all()
    {
        Assert.Equal(1, new Wager().Odds);
        Assert.Equal(1, new Wager().Bet(1_000, 1_000, limit: 1).Odds);
        Assert.True(new Wager().Bet(1_000, 100, 0.3).Odds < 0.1);
        Assert.True(new Wager().Bet(30, 30, 0.3).Odds > 1e6);
        Assert.Equal(Wager.Certain, new Wager().Bet(1e6, 1e6, 0).Odds);
    }

    /// <summary>Looked at after every trial, 2,000 times over, at a mean exactly at its limit: the worst
    /// case that the promise covers (Ville's inequality).</summary>
    [Theory]
    [InlineData("share")]
    [InlineData("pairs")]
    [InlineData("samples")]
    public void A_mean_at_its_limit_is_stopped_no_oftener_than_promised(string kind)
    {
        const int Runs = 2_000;
        const double Limit = 0.1;
        var random = new Random(7);
        var stopped = 0;
        for (var run = 0; run < Runs; run++)
        {
            var wager = new Wager();
            for (var trial = 0; trial < 400 && wager.Odds < 20; trial++)
            {
                var (isHit, isOther) = (random.NextDouble() < 0.2, random.NextDouble() < 0.1);
                wager = kind switch
                {
                    "share" => wager.Bet(1, random.NextDouble() < Limit ? 1 : 0, Limit),
                    "pairs" => wager.BetPairs(1, isHit && !isOther ? 1 : 0, isOther && !isHit ? 1 : 0, Limit),
                    _ => wager.BetSamples(1, isHit ? 1 : 0, 1, isOther ? 1 : 0, Limit),
                };
            }

            if (wager.Odds >= 20) stopped++;
        }

        // 5 % are promised; 4 standard deviations of chance on top.
        Assert.InRange(stopped, 0, (int)(Runs * 0.05) + 39);
    }

    /// <summary>Windows of one episode are all alike, and count as one.</summary>
    [Fact]
    public void Windows_that_hang_together_are_no_oftener_stopped_when_they_are_counted_as_one()
    {
        const int Runs = 2_000;
        const int Episode = 10;
        var random = new Random(11);
        var stopped = 0;
        for (var run = 0; run < Runs; run++)
        {
            var wager = new Wager();
            var isAlarm = false;
            for (var window = 0; window < 2_000 && wager.Odds < 20; window++)
            {
                if (window % Episode == 0) isAlarm = random.NextDouble() < 0.1;
                wager = wager.Bet(1.0 / Episode, isAlarm ? 1.0 / Episode : 0, 0.1);
            }

            if (wager.Odds >= 20) stopped++;
        }

        Assert.InRange(stopped, 0, (int)(Runs * 0.05) + 39);
    }

    /// <summary>Wilson's bound is the rate at which the share lies exactly 1.6449 standard deviations below what was to be expected.</summary>
    [Theory]
    [InlineData(5, 20)]
    [InlineData(0, 7)]
    [InlineData(5, 20.5)]
    public void The_bound_on_a_rate_is_where_the_score_test_turns(double hits, double trials)
    {
        var bound = ScoreInterval.Upper(hits / trials, trials);
        Assert.Equal(1.6449, (bound - (hits / trials)) / Math.Sqrt(bound * (1 - bound) / trials), 1e-9);
        Assert.Equal(1, ScoreInterval.Upper(0, 0));
    }

    /// <summary>One of a hundred slices is bad: no number of good ones hides it, and none of them is blamed.</summary>
    [Fact]
    public void A_bad_slice_among_good_ones_stands_out()
    {
        var test = new MetricTest();
        for (var report = 0; report < 20; report++)
        {
            for (var slice = 0; slice < 20; slice++)
            {
                var hits = slice == 3 ? 9 : 0.5;
                Wager Bet(Wager wager) => wager.Bet(10, hits, 0.1);
                test = test.OnWhole(Bet).OnSlice($"hardware=h{slice}", Bet);
            }
        }

        Assert.True(test.Whole.Value < 0.1, $"{test.Whole.Value}");
        Assert.True(test.Odds > 1e6, $"{test.Odds}");
        Assert.Equal("hardware=h3", test.Standing!.Slice);
    }
}
