using Cloud.Hub.Redistribution.Rollouts.Gates;

namespace Cloud.Hub.Tests.Redistribution.Rollouts.Gates;

public class ScoreIntervalTests
{
    /// <summary>Drawn from two equal rates: a difference is claimed in about five of a hundred draws, and a large one is seen.</summary>
    [Theory]
    [InlineData(34, 0.08)]
    [InlineData(200, 0.05)]
    [InlineData(1_000, 0.3)]
    public void The_least_excess_of_equal_rates_is_above_nothing_in_five_of_a_hundred_draws(int trials, double rate)
    {
        const int Draws = 4_000;
        var random = new Random(1);
        double Draw() => Enumerable.Range(0, trials).Count(_ => random.NextDouble() < rate) / (double)trials;
        var claimed = Enumerable.Range(0, Draws).Count(_ => ScoreInterval.LeastExcess(Draw(), Draw(), trials) > 0) / (double)Draws;
        Assert.InRange(claimed, 0.01, 0.065);
        Assert.True(ScoreInterval.LeastExcess(Math.Min(1, rate + 0.4), rate, trials) > 0.15);
        Assert.Equal(-1, ScoreInterval.LeastExcess(rate, rate, 0));
    }
}
