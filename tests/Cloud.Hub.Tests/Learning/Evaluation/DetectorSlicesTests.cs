using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Evaluation;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Learning.Evaluation;

public sealed class DetectorSlicesTests
{
    // As the service judges: windows of 39 rows share their rows.
    private static readonly ReleaseGate Gate = new(margin: 0.01, sliceLimit: 0.25, minSliceRows: 100, overlap: 39);

    [Fact]
    public void A_device_with_several_runs_is_a_slice_and_one_with_a_single_run_is_not()
    {
        var slices = new DetectorSlices();
        Assert.Equal("r1", Add(slices, Run("pump-1", "r1"), new Confusion(100, 10, 200, 50)));
        Add(slices, Run("pump-1", "r2"), new Confusion(50, 30, 100, 50));
        Assert.Equal("r1@pump-2", Add(slices, Run("pump-2", "r1"), new Confusion(1, 0, 1, 0)));
        var metrics = slices.ToMetrics();
        Assert.Equal(["all", "device pump-1", "r1", "r1@pump-2", "r2"], metrics.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(new Confusion(150, 40, 300, 100).ToMetrics(), metrics["device pump-1"]);
    }

    [Fact]
    public void Faults_that_are_told_apart_are_slices_with_the_share_that_is_found()
    {
        var slices = new DetectorSlices();
        foreach (var isFound in (bool[])[true, true, false, true]) slices.AddFault("leak", isFound);
        Assert.DoesNotContain("fault leak", slices.ToMetrics().Keys);
        slices.AddFault("worn bearing", isFound: false);
        var metrics = slices.ToMetrics();
        Assert.Equal((4, 0.75, 0.25), (metrics["fault leak"].Rows, metrics["fault leak"].Accuracy!.Value, metrics["fault leak"].MissedAlarmRate!.Value));
        Assert.Equal(0, metrics["fault worn bearing"].Accuracy);
    }

    /// <summary>Better on the fleet, and on one device a little worse in each of its runs: no run is enough to show it, their sum is.</summary>
    [Fact]
    public void A_candidate_that_is_good_on_average_and_bad_on_one_device_is_refused()
    {
        var (parent, candidate) = (new DetectorSlices(), new DetectorSlices());
        for (var run = 0; run < 60; run++)
        {
            Add(parent, Run("pump-1", $"a{run:00}"), new Confusion(150, 50, 350, 50));
            Add(candidate, Run("pump-1", $"a{run:00}"), new Confusion(125, 75, 325, 75));
            Add(parent, Run($"pump-{run + 2}", $"b{run:00}"), new Confusion(120, 100, 300, 80));
            Add(candidate, Run($"pump-{run + 2}", $"b{run:00}"), new Confusion(190, 10, 390, 10));
        }

        var verdict = Gate.Judge(Result(parent), Result(candidate), []);
        Assert.False(verdict.Released);
        Assert.StartsWith("slice device pump-1: right answers fell from its best 83.3 % to 75.0 %", verdict.Reason, StringComparison.Ordinal);
    }

    /// <summary>The same with a fault that the parent found.</summary>
    [Fact]
    public void A_candidate_that_is_good_on_average_and_blind_to_one_fault_is_refused()
    {
        var (parent, candidate) = (new DetectorSlices(), new DetectorSlices());
        Add(parent, Run("pump-1", "r"), new Confusion(2000, 200, 1800, 2000));
        Add(candidate, Run("pump-1", "r"), new Confusion(3000, 100, 1900, 1000));
        for (var row = 0; row < 1000; row++)
        {
            parent.AddFault("leak", row % 2 == 0);
            candidate.AddFault("leak", isFound: true);
            parent.AddFault("cavitation", row % 2 == 0);
            candidate.AddFault("cavitation", isFound: false);
        }

        var verdict = Gate.Judge(Result(parent), Result(candidate), []);
        Assert.False(verdict.Released);
        Assert.StartsWith("slice fault cavitation: right answers fell from its best 50.0 % to 0.0 %", verdict.Reason, StringComparison.Ordinal);
    }

    /// <summary>Better on all but one device, where shares of 76.9 and 61.5 % of 67 windows' worth of rows would not tell.</summary>
    [Theory]
    [InlineData(200, true)]
    [InlineData(400, false)]
    public void A_candidate_is_compared_with_its_parent_row_by_row(int lost, bool isReleased)
    {
        var (parent, candidate) = (new DetectorSlices(), new DetectorSlices());
        Add(parent, Run("pump-1", "r"), new Confusion(3000, 300, 3000, 600));
        Add(candidate, Run("pump-1", "r"), new Confusion(3500, 0, 3300, 100));
        Add(parent, Run("pump-2", "s"), new Confusion(1000, 300, 1000, 300));
        Add(candidate, Run("pump-2", "s"), new Confusion(1000 - lost, 300, 1000, 300 + lost));
        var verdict = Gate.Judge(Result(parent), Result(candidate), []);
        Assert.True(verdict.Released == isReleased, verdict.Reason);
    }

    /// <summary>As a replay does; right and wrong answers of a truth follow each other.</summary>
    private static string Add(DetectorSlices slices, RunRows run, Confusion counts) => slices.Add(
        run, counts,
        [.. Enumerable.Repeat(true, counts.TruePositives), .. Enumerable.Repeat(false, counts.FalseNegatives),
            .. Enumerable.Repeat(true, counts.TrueNegatives), .. Enumerable.Repeat(false, counts.FalsePositives)]);

    private static RunRows Run(string device, string run) => new(device, run, [0], rateHz: 1);

    private static EvaluationResult Result(DetectorSlices slices) =>
        new(slices.ToMetrics(), [], new Dictionary<string, double>(), 0) { Right = slices.Right };
}
