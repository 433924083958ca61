using Cloud.Hub.Redistribution.Rollouts;

namespace Cloud.Hub.Tests.Redistribution.Rollouts;

public class SequentialTestTests
{
    [Fact]
    public void Counts_within_the_limit_say_nothing_against_it_and_no_counts_say_nothing_at_all()
    {
        Assert.Equal(1, SequentialTest.Odds(0, 0, 0.3, 1));
        Assert.Equal(1, SequentialTest.Odds(1_000, 1_000, 1, 1));
        Assert.True(SequentialTest.Odds(100, 1_000, 0.3, 1) < 1e-3);
        Assert.True(SequentialTest.Odds(30, 30, 0.3, 1) > 1e9);
        Assert.Equal(1e12, SequentialTest.Odds(1_000_000_000, 1_000_000_000, 0, 1));
    }

    /// <summary>Looked at after every trial, 2,000 times over, at a rate exactly at the limit: the worst case that the promise covers (Ville's inequality).</summary>
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.35)]
    public void A_rate_at_its_limit_is_stopped_no_oftener_than_promised(double limit)
    {
        const int Runs = 2_000;
        var random = new Random(7);
        var stopped = 0;
        for (var run = 0; run < Runs; run++)
        {
            long hits = 0;
            for (var trials = 1; trials <= 500; trials++)
            {
                if (random.NextDouble() < limit) hits++;
                if (SequentialTest.Odds(hits, trials, limit, 1) < 100) continue;
                stopped++;
                break;
            }
        }

        // 1 % is promised; 4 standard deviations of chance on top.
        Assert.InRange(stopped, 0, (int)(Runs * 0.01) + 18);
    }

    /// <summary>Wilson's bound is the rate at which the counts lie exactly 1.6449 standard deviations below what was to be expected.</summary>
    [Theory]
    [InlineData(5, 20, 1)]
    [InlineData(0, 7, 1)]
    [InlineData(50, 200, 10)]
    public void The_bound_on_a_rate_is_where_the_score_test_turns(long hits, long trials, double episode)
    {
        var bound = SequentialTest.UpperBound(hits, trials, episode);
        Assert.Equal(1.6449, (bound - ((double)hits / trials)) / Math.Sqrt(bound * (1 - bound) / (trials / episode)), 1e-9);
    }

    [Fact]
    public void Without_a_trial_any_rate_is_possible() => Assert.Equal(1, SequentialTest.UpperBound(0, 0, 1));
}
