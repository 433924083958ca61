using Edge.Agent.Perception.Inference;
using Edge.Agent.Pipeline;
using Edge.Agent.Sync.Uplink;

namespace Edge.Tests.Sync;

public sealed class TelemetryCollectorTests
{
    private readonly TelemetryCollector _collector = new(channels: 1, points: 4);

    public TelemetryCollectorTests() => _collector.RunStarted("run", 0);

    [Fact]
    public void Nothing_was_gathered_and_nothing_is_taken() => Assert.Null(_collector.Take());

    [Fact]
    public void Points_come_once_with_their_run_and_what_has_no_value_is_null()
    {
        Observe(1, float.NaN);
        Observe(2, 5);
        var batch = _collector.Take()!;
        Assert.Equal("run", batch.RunId);
        Assert.Equal([(1L, null), (2L, (float?)5)], batch.Points.Select(static point => (point.TimestampUs, point.Values[0])));
        Assert.Null(batch.Points[0].Score);
        Assert.Null(_collector.Take());
    }

    [Fact]
    public void However_many_frames_come_a_batch_keeps_its_size_and_spans_them_all()
    {
        for (var i = 0; i < 100; i++) Observe(i, i);
        var times = _collector.Take()!.Points.Select(static point => point.TimestampUs).ToArray();
        Assert.InRange(times.Length, 2, 4);
        Assert.Equal(0, times[0]);
        Assert.True(times[^1] >= 64, $"the newest point is of frame {times[^1]}");
        var gaps = times.Zip(times.Skip(1), static (a, b) => b - a).Distinct();
        Assert.Single(gaps);
    }

    [Fact]
    public void Another_run_begins_with_its_own_points()
    {
        Observe(1, 1);
        _collector.RunStarted("next", 2);
        Observe(2, 2);
        var batch = _collector.Take()!;
        Assert.Equal(("next", 1), (batch.RunId, batch.Points.Count));
    }

    private void Observe(long us, float value) => _collector.Observe(new Observation(Prediction.None)
    {
        RunId = "run", Frame = 0, TimestampUs = us, Values = [value], DueWindow = null, IsCalibration = false,
        Calibration = null, Decisions = default,
    });
}
