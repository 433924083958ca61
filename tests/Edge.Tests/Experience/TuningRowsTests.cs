using Edge.Agent.Experience;
using Edge.Agent.Hosting;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Hmas.Contracts.Sensing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Experience;

/// <summary>Rows that a head may be tuned on, as the pipeline hands them over.</summary>
public sealed class TuningRowsTests
{
    private const long Second = 1_000_000;
    private static readonly SensorChannel[] Channels = [new("a"), new("b")];

    [Fact]
    public void Windows_come_newest_first_and_span_no_gap_and_no_border_of_runs()
    {
        var rows = new TuningRows(Channels.Length, 100);
        var pipeline = Pipeline(rows);
        Play(pipeline, 0, 6);
        Play(pipeline, 15, 4);
        pipeline.EndRun(20 * Second);
        Play(pipeline, 30, 5);
        pipeline.EndRun(40 * Second);

        var windows = rows.Windows([1, 0], length: 3, stride: 1, maxGapUs: 5 * Second).ToList();
        Assert.Equal([34L, 33, 32, 18, 17, 5, 4, 3, 2], windows.Select(window => window.TimestampUs / Second));
        Assert.Equal([-32f, -33, -34, 32, 33, 34], windows[0].Window);
    }

    [Fact]
    public void The_oldest_rows_go_and_without_room_none_are_kept()
    {
        var (few, none) = (new TuningRows(Channels.Length, 4), new TuningRows(Channels.Length, 0));
        var pipeline = Pipeline(few, none);
        Play(pipeline, 0, 10);
        pipeline.EndRun(10 * Second);
        Assert.Equal([9L, 8], few.Windows([0], 3, 1, 5 * Second).Select(window => window.TimestampUs / Second));
        Assert.Empty(none.Windows([0], 3, 1, 5 * Second));
    }

    private static PerceptionPipeline Pipeline(params IObservationSink[] sinks) => new(
        Channels, 1, new WindowOptions { Length = 3, CalibrationRows = 4, HistoryFrames = 64, MaxCalibrationRows = 16, Lateness = TimeSpan.Zero },
        RuleSet.Empty, static _ => { }, new ObservationFanOut(sinks), NullLogger.Instance);

    /// <summary>Row t has the values t and −t.</summary>
    private static void Play(PerceptionPipeline pipeline, int from, int rows)
    {
        for (var t = from; t < from + rows; t++)
        {
            pipeline.Add([new Sample(0, t * Second, t), new Sample(1, t * Second, -t)]);
        }
    }
}
