using Cloud.Hub.Learning.Evaluation;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Learning.Evaluation;

public sealed class ReleaseGateTests
{
    private static readonly ReleaseGate Gate = new(margin: 0.01, sliceLimit: 0.25, minSliceRows: 100, overlap: 1);

    [Theory]
    [InlineData(0.80, 0.85, 0.70, 0.70, true)]
    [InlineData(0.80, 0.795, 0.70, 0.70, true)]
    [InlineData(0.80, 0.78, 0.70, 0.70, false)]
    [InlineData(0.80, 0.85, 0.70, 0.40, false)]
    public void A_candidate_passes_only_when_neither_the_pool_nor_a_slice_got_worse(
        double before, double now, double sliceBefore, double sliceNow, bool passes)
    {
        var verdict = Gate.Judge(Result(before, sliceBefore), Result(now, sliceNow), []);
        Assert.True(verdict.Released == passes, verdict.Reason);
    }

    [Theory]
    [InlineData(99, 900)]
    [InlineData(900, 99)]
    public void A_slice_with_few_rows_of_either_truth_is_judged_in_the_pool_only(int anomalous, int normal)
    {
        var before = Result(0.8, 0.8);
        var now = Result(0.8, 0.8);
        ((Dictionary<string, SliceMetrics>)before.Slices)["small"] = new(anomalous + normal, anomalous, 0.9, 0.0, 0.0);
        ((Dictionary<string, SliceMetrics>)now.Slices)["small"] = new(anomalous + normal, anomalous, 0.0, 0.0, 1.0);
        Assert.True(Gate.Judge(before, now, []).Released);
    }

    [Theory]
    [InlineData(300, false)]
    [InlineData(299, true)]
    public void Small_losses_do_not_add_up_since_a_slice_is_held_to_the_best_it_ever_was(int rowsThen, bool released)
    {
        // Once 99 % of the slice's answers were right; the parent has 90 %, and the candidate as many.
        IReadOnlyDictionary<string, SliceMetrics> once = new Dictionary<string, SliceMetrics> { ["valve"] = new(rowsThen, 100, 0.99, 0.01, 0.01) };
        var verdict = Gate.Judge(Result(0.8, 0.8), Result(0.8, 0.8), [once]);
        Assert.Equal(released, verdict.Released);
        if (!released) Assert.StartsWith("slice valve: right answers fell from its best 99.0 % to 90.0 %", verdict.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_labelled_row_nothing_is_released_over_a_parent()
    {
        var silent = new EvaluationResult(
            new Dictionary<string, SliceMetrics> { ["all"] = new(0, 0, null, null, null) }, [], new Dictionary<string, double>(), 0);
        Assert.False(Gate.Judge(silent, silent, []).Released);
        Assert.True(Gate.Judge(null, silent, []).Released);
    }

    [Fact]
    public void A_score_that_is_not_a_number_refuses_even_a_first_model() =>
        Assert.False(Gate.Judge(null, Result(0.9, 0.9) with { Invalid = 1 }, []).Released);

    [Fact]
    public void Rates_are_the_benchmarks_own()
    {
        // The toy of score_skab.py: TP 2, TN 3, FP 1, FN 1.
        var metrics = new Confusion(2, 1, 3, 1).ToMetrics();
        Assert.Equal(2 / 3.0, metrics.F1!.Value, 12);
        Assert.Equal(0.25, metrics.FalseAlarmRate);
        Assert.Equal(1 / 3.0, metrics.MissedAlarmRate!.Value, 12);
    }

    private static EvaluationResult Result(double pooled, double slice) => new(
        new Dictionary<string, SliceMetrics> { ["all"] = new(1000, 350, pooled, 0.1, 0.1), ["valve"] = new(300, 100, slice, 0.1, 0.1) }, [],
        new Dictionary<string, double>(), 0);
}
