using Edge.Agent.Perception.Inference;
using Edge.Agent.Perception.Windows;
using Edge.Agent.Pipeline;
using Edge.Agent.Reasoning;
using Edge.Tests.Perception.Inference;
using Hmas.Contracts.Sensing;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Pipeline;

/// <summary>Starts of an agent on one state folder: what a restart goes on with, and what it does not.</summary>
public sealed class HealthyRowsTests : IDisposable
{
    private const long Second = 1_000_000;
    private const int MaxRows = 16;
    private static readonly SensorChannel[] Channels = [new("a"), new("b")];
    private readonly TempFolder _folder = new();

    private string Kept => _folder.File("healthy-rows");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task After_a_restart_a_model_is_fitted_to_the_rows_of_before_and_answers_as_soon_as_its_window_is_full()
    {
        var before = await StartAsync("run-1", fromSecond: 0, value: 1);
        // The machine is faulty by now: rows of its own would make this the new normal.
        var after = await StartAsync("run-2", fromSecond: 100, value: 50);
        Assert.Equal(before.Scorer.LastRows, after.Scorer.LastRows);
        Assert.Equal(10, after.Scorer.Threshold);
        Assert.Equal(
            [PredictionState.Warming, PredictionState.Warming, PredictionState.Scored],
            after.Probe.Frames.Take(3).Select(static frame => frame.Prediction.State));
        Assert.True(after.Probe.Frames[2].Prediction.IsAlarm, "a fault that lasts over the restart went unnoticed");
        Assert.DoesNotContain(after.Probe.Frames, static frame => frame.IsCalibration);
    }

    [Fact]
    public async Task The_run_goes_on_under_its_id_since_the_machine_was_not_interrupted()
    {
        await StartAsync("run-1", fromSecond: 0, value: 1);
        Assert.Equal(["run-1"], (await StartAsync("run-2", fromSecond: 100, value: 1)).Probe.Runs);
    }

    [Fact]
    public async Task With_a_clock_that_is_behind_the_rows_are_taken_for_a_run_of_its_own()
    {
        await StartAsync("run-1", fromSecond: 1000, value: 1);
        var after = await StartAsync("run-2", fromSecond: 0, value: 50);
        Assert.Equal(["run-2"], after.Probe.Runs);
        Assert.Equal(10, after.Scorer.Threshold);
    }

    [Fact]
    public async Task A_model_with_another_recipe_or_more_rows_finds_them_too()
    {
        await StartAsync("run-1", fromSecond: 0, value: 1, rows: MaxRows);
        var after = await StartAsync("run-2", fromSecond: 100, value: 50, scorer: new FakeScorer("m2", ["b", "a"], calibrationRows: MaxRows));
        Assert.Equal(MaxRows * 2, after.Scorer.LastRows.Length);
        Assert.Equal(20, after.Scorer.Threshold);
    }

    [Fact]
    public async Task Another_run_of_the_same_start_is_fitted_to_rows_of_its_own_and_forgets_the_old_ones()
    {
        await StartAsync("run-1", fromSecond: 0, value: 1);
        var (file, _, scorer, pipeline) = Open();
        Play(pipeline, "run-2", fromSecond: 100, value: 1, rows: 6);
        pipeline.StartRun("run-3", 200 * Second);
        await WriteAsync(file);
        Assert.False(File.Exists(Kept), "rows of a run that is over were kept");
        Play(pipeline, null, fromSecond: 200, value: 50, rows: 6);
        Assert.Equal(500, scorer.Threshold);
        await WriteAsync(file);
        Assert.Equal(500, (await StartAsync("run-4", fromSecond: 300, value: 1)).Scorer.Threshold);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(40)]
    [InlineData(-1)]
    public async Task A_rotten_byte_is_found_and_the_file_moved_aside(int at)
    {
        await StartAsync("run-1", fromSecond: 0, value: 1);
        var bytes = await File.ReadAllBytesAsync(Kept);
        bytes[at < 0 ? bytes.Length + at : at] ^= 0x10;
        await File.WriteAllBytesAsync(Kept, bytes);
        var after = await StartAsync("run-2", fromSecond: 100, value: 50);
        Assert.Equal(500, after.Scorer.Threshold);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Kept + ".unreadable"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(60)]
    public async Task A_torn_file_is_moved_aside(int length)
    {
        await StartAsync("run-1", fromSecond: 0, value: 1);
        await File.WriteAllBytesAsync(Kept, (await File.ReadAllBytesAsync(Kept))[..length]);
        Assert.Equal(500, (await StartAsync("run-2", fromSecond: 100, value: 50)).Scorer.Threshold);
        Assert.True(File.Exists(Kept + ".unreadable"), "it was not moved aside");
    }

    [Fact]
    public async Task Rows_of_other_channels_or_another_rate_are_left_out()
    {
        await StartAsync("run-1", fromSecond: 0, value: 1);
        Assert.Null(HealthyRowsFile.Open(_folder.Path, [new("a"), new("c")], 1, MaxRows, NullLogger.Instance).Begin());
        Assert.Null(HealthyRowsFile.Open(_folder.Path, [new("a")], 1, MaxRows, NullLogger.Instance).Begin());
        Assert.Null(HealthyRowsFile.Open(_folder.Path, Channels, 2, MaxRows, NullLogger.Instance).Begin());
        Assert.NotNull(HealthyRowsFile.Open(_folder.Path, Channels, 1, MaxRows, NullLogger.Instance).Begin());
    }

    /// <summary>One life of the agent: it plays rows, and stops.</summary>
    private async Task<(ObservationProbe Probe, FakeScorer Scorer)> StartAsync(
        string runId, int fromSecond, float value, int rows = 6, FakeScorer? scorer = null)
    {
        var (file, probe, made, pipeline) = Open(scorer);
        Play(pipeline, runId, fromSecond, value, rows);
        pipeline.EndRun((fromSecond + rows) * Second);
        await WriteAsync(file);
        return (probe, made);
    }

    private (HealthyRowsFile File, ObservationProbe Probe, FakeScorer Scorer, PerceptionPipeline Pipeline) Open(FakeScorer? scorer = null)
    {
        var file = HealthyRowsFile.Open(_folder.Path, Channels, 1, MaxRows, NullLogger.Instance);
        var options = new WindowOptions { Length = 3, CalibrationRows = 4, HistoryFrames = 64, MaxCalibrationRows = MaxRows,
            Lateness = TimeSpan.Zero };
        var probe = new ObservationProbe();
        var pipeline = new PerceptionPipeline(Channels, 1, options, RuleSet.Empty, static _ => { }, probe, NullLogger.Instance, file);
        scorer ??= new FakeScorer("m1", ["a"]);
        pipeline.Slot.Exchange(scorer);
        return (file, probe, scorer, pipeline);
    }

    private static void Play(PerceptionPipeline pipeline, string? runId, int fromSecond, float value, int rows)
    {
        if (runId is not null) pipeline.StartRun(runId, fromSecond * Second);
        for (var row = fromSecond; row < fromSecond + rows; row++)
        {
            pipeline.Add([new Sample(0, row * Second, value), new Sample(1, row * Second, 2 * value)]);
        }
    }

    private static Task WriteAsync(HealthyRowsFile file) => file.RunAsync(new CancellationToken(canceled: true));
}
