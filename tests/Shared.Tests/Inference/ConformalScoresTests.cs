using Hmas.Inference;

namespace Shared.Tests.Inference;

public sealed class ConformalScoresTests
{
    [Theory]
    [InlineData(0.01)]
    [InlineData(0.05)]
    [InlineData(0.2)]
    public void Healthy_scores_are_called_that_unusual_no_more_often_than_promised(double level)
    {
        var random = new Random(7);
        var called = 0;
        const int trials = 4000;
        for (var trial = 0; trial < trials; trial++)
        {
            var scores = new ConformalScores();
            scores.Fit([.. Enumerable.Range(0, 199).Select(_ => (float)Math.Pow(random.NextDouble(), 3))]);
            if (scores.PValue((float)Math.Pow(random.NextDouble(), 3)) <= level) called++;
        }

        // Exactly the level, for scores without ties; four deviations of the count on either side.
        var slack = 4 * Math.Sqrt(level * (1 - level) / trials);
        Assert.InRange(called / (double)trials, level - slack, level + slack);
    }

    [Fact]
    public void The_smallest_p_value_is_one_in_all_windows_and_ties_count_as_larger()
    {
        var scores = new ConformalScores();
        Assert.Equal(1f, scores.PValue(3));
        scores.Fit([1, 2, 2, 3]);
        Assert.Equal(0.2f, scores.PValue(4));
        Assert.Equal(0.8f, scores.PValue(2));
        Assert.Equal(1f, scores.PValue(0));
    }
}
