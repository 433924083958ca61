using Cloud.Hub.Bus;
using Cloud.Hub.Integration.Domain;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Tests.Integration;

public class EventThinnerTests
{
    private static readonly DateTimeOffset Noon = SampleFleet.Noon;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    [Fact]
    public void Points_of_a_batch_that_came_too_soon_travel_with_the_next()
    {
        var thinner = new EventThinner(Interval);
        Assert.NotNull(thinner.Pass(Telemetry("run-1", 1), Noon));
        Assert.Null(thinner.Pass(Telemetry("run-1", 2), Noon + (Interval / 2)));
        var passed = Assert.IsType<TelemetryReceived>(thinner.Pass(Telemetry("run-1", 3), Noon + Interval));
        Assert.Equal([2, 3], passed.Batch.Points.Select(static point => point.TimestampUs));
    }

    [Fact]
    public void Points_of_another_run_are_not_mixed_in()
    {
        var thinner = new EventThinner(Interval);
        thinner.Pass(Telemetry("run-1", 1), Noon);
        thinner.Pass(Telemetry("run-1", 2), Noon);
        var passed = Assert.IsType<TelemetryReceived>(thinner.Pass(Telemetry("run-2", 3), Noon + Interval));
        Assert.Equal([3], passed.Batch.Points.Select(static point => point.TimestampUs));
    }

    [Fact]
    public void Devices_do_not_thin_each_other()
    {
        var thinner = new EventThinner(Interval);
        Assert.NotNull(thinner.Pass(Telemetry("run-1", 1), Noon));
        Assert.NotNull(thinner.Pass(Telemetry("run-1", 1) with { DeviceId = "pump-2" }, Noon));
    }

    [Fact]
    public void What_a_person_must_see_always_passes()
    {
        var thinner = new EventThinner(Interval);
        var alarm = new AlarmChanged(
            "harbour", "pump-1",
            new AlarmEvent { AlarmId = "a", RunId = "r", RuleId = "anomaly", Raised = true, Severity = "warning", TimestampUs = 1 });
        for (var i = 0; i < 100; i++) Assert.Same(alarm, thinner.Pass(alarm, Noon));
    }

    [Fact]
    public void A_thinned_batch_keeps_the_last_point_and_every_change_of_the_alarm()
    {
        TelemetryPoint[] points = [.. Enumerable.Range(0, 1_000).Select(static i => new TelemetryPoint(i, [], 0, 1, i is 501 or 502))];
        var kept = EventThinner.Thin(points, 40);
        Assert.InRange(kept.Count, 40, 43);
        Assert.Equal(999, kept[^1].TimestampUs);
        Assert.Contains(kept, static point => point.TimestampUs == 501);
        Assert.Contains(kept, static point => point.TimestampUs == 503);
        Assert.Equal(kept.OrderBy(static point => point.TimestampUs), kept);
    }

    private static TelemetryReceived Telemetry(string run, params long[] times) => new("harbour", "pump-1", TelemetryCacheTests.Batch(run, times));
}
