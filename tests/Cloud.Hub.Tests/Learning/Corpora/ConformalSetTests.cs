using Cloud.Hub.Learning.Classes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Tests.Learning.Corpora;

public sealed class ConformalSetTests
{
    [Theory]
    [InlineData(0.8)]
    [InlineData(0.95)]
    public void A_prediction_set_holds_the_truth_as_often_as_promised(double coverage)
    {
        var random = new SeededRandom(5);
        var (held, total) = (0, 0);
        for (var trial = 0; trial < 40; trial++)
        {
            var (logits, classes) = Draw(random, 300);
            var set = ConformalSet.Fit(logits, classes, 1.7, coverage)!;
            var (fresh, truth) = Draw(random, 300);
            held += fresh.Where((row, i) => ConformalSet.Probability(row, truth[i], 1.7) >= set.LeastProbability).Count();
            total += truth.Count;
        }

        Assert.InRange((double)held / total, coverage - 0.015, coverage + 0.02);
    }

    [Fact]
    public void Too_few_samples_promise_nothing() => Assert.Null(ConformalSet.Fit([[1f, 0f], [0f, 1f]], [0, 1], 1, 0.95));

    /// <summary>Three classes whose logits are noisy and too sure.</summary>
    private static (List<float[]> Logits, List<int> Classes) Draw(SeededRandom random, int count)
    {
        var logits = new List<float[]>();
        var classes = new List<int>();
        for (var i = 0; i < count; i++)
        {
            classes.Add(random.Next(3));
            logits.Add([.. Enumerable.Range(0, 3).Select(c => (c == classes[i] ? 2f : 0f) + (2 * random.NextNormal()))]);
        }

        return (logits, classes);
    }
}
