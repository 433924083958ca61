using System.Xml.Linq;
using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Pictures;
using Cloud.Hub.Tests.Learning.Service;

namespace Cloud.Hub.Tests.Learning.Pictures;

public sealed class FitPictureTests
{
    [Fact]
    public void A_fit_is_drawn_as_a_whole_by_truth_and_by_run_with_the_worst_runs_named_and_the_epoch_that_ships()
    {
        var texts = Texts(FitPicture.Draw(Run(12), bestEpoch: 3));
        Assert.Equal(3, texts.Count(text => text == "epoch 3 ships"));
        Assert.All(new[] { "training", "validation runs", "anomalous", "normal", "8 others" }, name => Assert.Contains(name, texts));
        Assert.Equal(["m11", "m10", "m09", "m08"], texts.Where(text => text.StartsWith('m')));
        Assert.Equal(["0.0", "0.2", "0.4", "0.6", "0.8", "1", "2", "3", "4", "5"], texts.Where(text => char.IsDigit(text[0])).Take(10));
    }

    [Fact]
    public void Without_validation_runs_there_is_the_one_panel_of_the_whole()
    {
        var texts = Texts(FitPicture.Draw(Run(0) with { SliceCurves = new Dictionary<string, IReadOnlyList<double>>(), ValidationCurve = [] }, 5));
        Assert.Single(texts, "epoch 5 ships");
        Assert.DoesNotContain("each truth of the validation runs", texts);
        Assert.DoesNotContain("validation runs", texts);
    }

    [Theory]
    [InlineData(0.13, 0.87, 0.0, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(1, 12, 1.0, "0 5 10 15")]
    [InlineData(1, 5, 1.0, "1 2 3 4 5")]
    [InlineData(-0.002, 0.0031, 0.0, "-0.002 0.000 0.002 0.004")]
    [InlineData(7, 7, 0.0, "7.000 7.002 7.004 7.006 7.008")]
    public void Ticks_are_round_numbers_around_what_is_shown(double low, double high, double leastStep, string ticks)
    {
        var axis = NiceAxis.Over(low, high, 5, leastStep);
        var told = axis.Ticks.Select(axis.Text).ToList();
        if (low < high) Assert.Equal(ticks, string.Join(' ', told));
        Assert.True(axis.Low <= low && axis.High >= high, string.Join(' ', told));
        Assert.InRange(told.Count, 2, 8);
    }

    private static List<string> Texts(string svg) => [.. XDocument.Parse(svg).Descendants().Where(e => e.Name.LocalName == "text").Select(e => e.Value)];

    private static TrainingRunView Run(int runs)
    {
        var slices = new Dictionary<string, IReadOnlyList<double>>
        {
            ["normal"] = [0.5, 0.3, 0.2, 0.21, 0.22], ["anomalous"] = [0.9, 0.8, 0.4, 0.45, 0.5],
        };
        for (var run = 0; run < runs; run++) slices[$"run m{run:00}"] = [0.5 + (0.02 * run), 0.4 + (0.02 * run), 0.1 + (0.03 * run), 0.3, 0.35];
        return new TrainingRunView
        {
            RunId = "train-1", Request = LearningFixture.Request("anomaly-logit"), State = RunStates.Training, StartedAt = DateTimeOffset.UnixEpoch,
            LossCurve = [0.7, 0.5, 0.3, 0.25, 0.22], ValidationCurve = [0.7, 0.55, 0.3, 0.33, 0.36], SliceCurves = slices,
        };
    }
}
