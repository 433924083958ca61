using Cloud.Hub.Redistribution.Rollouts.Gates;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Redistribution.Rollouts.Gates;

public class AlarmPromiseTests
{
    [Fact]
    public void A_detector_promises_the_false_alarm_rate_of_its_held_out_test() =>
        Assert.Equal(0.07, AlarmPromise.Of(Manifest(ModelHead.AnomalyLogit, new SliceMetrics(900, 100, 0.8, 0.07, 0.2))));

    [Fact]
    public void Where_nothing_was_measured_it_promises_what_its_threshold_leaves_above()
    {
        Assert.Equal(0.01, AlarmPromise.Of(Manifest(ModelHead.Reconstruction, null))!.Value, 1e-9);
        Assert.Equal(0.01, AlarmPromise.Of(Manifest(ModelHead.Reconstruction, new SliceMetrics(0, 0, null, null, null)))!.Value, 1e-9);
    }

    [Theory]
    [InlineData(ModelHead.Classes)]
    [InlineData(ModelHead.RemainingLife)]
    public void What_answers_no_alarms_promises_nothing(ModelHead head) => Assert.Null(AlarmPromise.Of(Manifest(head, null)));

    private static ModelManifest Manifest(ModelHead head, SliceMetrics? all) => Models.Manifest("pump", 1, [1]) with
    {
        Head = head, Threshold = new ThresholdPolicy { Quantile = 0.99 },
        Metrics = all is null ? new Dictionary<string, SliceMetrics>() : new Dictionary<string, SliceMetrics> { ["all"] = all },
    };
}
