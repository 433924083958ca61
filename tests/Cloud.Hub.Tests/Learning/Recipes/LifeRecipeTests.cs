using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Tests.Learning.Recipes;

public sealed class LifeRecipeTests
{
    [Fact]
    public void Remaining_life_of_machines_never_seen_is_told_with_a_band_that_holds()
    {
        var (fitted, calibration, judged) = (new WearingRuns(60, 1), new WearingRuns(40, 2), new WearingRuns(40, 3));
        using var network = new Network(fitted.Input, LifeRecipe.Layers(), 1);
        var outcome = new Trainer(network, LifeRecipe.Loss(), LifeRecipe.Settings).Run(fitted, null, null, null, null, null, CancellationToken.None);
        Assert.Null(outcome.Divergence);

        var width = LifeRecipe.Calibrate(Answers(network, calibration), [.. Enumerable.Range(0, calibration.Count).Select(calibration.TargetOf)]);
        var answers = Answers(network, judged);
        double error = 0, blind = 0, held = 0;
        for (var i = 0; i < judged.Count; i++)
        {
            var truth = judged.TargetOf(i);
            error += Math.Abs(answers[i][1] - truth) / judged.Count;
            blind += Math.Abs(0.5 - truth) / judged.Count;
            if (truth >= answers[i][0] - width && truth <= answers[i][2] + width) held += 1.0 / judged.Count;
        }

        // Windows of one run resemble each other, so the coverage of 40 runs may stray by some points.
        Assert.True(error < 0.45 * blind, $"mean error {error:0.000} of the horizon, {blind:0.000} without looking");
        Assert.InRange(held, 0.7, 0.92);
    }

    [Fact]
    public void Few_answers_cannot_promise_a_band() => Assert.Throws<ArgumentException>(() => LifeRecipe.Calibrate([[0f, 0f, 0f]], [0f]));

    internal static List<float[]> Answers(Network network, WearingRuns runs)
    {
        using var run = new NetworkRun(network, 1);
        var answers = new List<float[]>();
        var target = new float[1];
        for (var i = 0; i < runs.Count; i++)
        {
            runs.Fill(i, run.Input.SampleSpan(0), target, null);
            run.Forward(1);
            answers.Add(run.Output.SampleSpan(0).ToArray());
        }

        return answers;
    }
}
