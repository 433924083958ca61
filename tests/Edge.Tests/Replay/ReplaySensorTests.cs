using Edge.Sensors;
using Edge.Sensors.Replay;
using Edge.Tests.Simulation;
using Hmas.Contracts.Sensing;
using Hmas.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Edge.Tests.Replay;

public sealed class ReplaySensorTests : IDisposable
{
    private const long Second = 1_000_000;

    private static readonly RecordingLayout Layout = new()
    {
        Time = RecordedTime.EpochSeconds,
        TimestampColumn = "t",
        Columns = [new RecordedColumn("a", new SensorChannel("a"))],
    };

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingSink _sink = new();

    [Fact]
    public async Task Files_play_in_name_order_as_runs_named_by_their_stem_and_keep_their_recorded_time()
    {
        Write("b.csv", 50, 51);
        Write("a.csv", 100, 101, 105);
        await Sensor(new ReplayOptions { Folder = _folder.Path, Layout = Layout, Speed = 0 }).RunAsync(_sink, CancellationToken.None);
        Assert.Equal(["a", "b"], _sink.Runs);
        Assert.Equal([100, 101, 105, 50, 51], _sink.Samples.Select(sample => sample.TimestampUs / Second));
        Assert.Equal([("a", 100 * Second, 105 * Second), ("b", 50 * Second, 51 * Second)], _sink.Ended);
    }

    [Fact]
    public async Task With_a_start_every_file_follows_the_one_before_so_that_event_time_never_goes_back()
    {
        Write("a.csv", 100, 101, 105);
        Write("b.csv", 50, 51);
        var options = new ReplayOptions
        {
            Folder = _folder.Path, Layout = Layout, Speed = 0, StartAt = DateTimeOffset.UnixEpoch.AddSeconds(1000), Pause = TimeSpan.FromSeconds(7),
        };
        await Sensor(options).RunAsync(_sink, CancellationToken.None);

        // The gap of 4 s inside the file stays; between files lie one period and the pause.
        Assert.Equal([1000, 1001, 1005, 1013, 1014], _sink.Samples.Select(sample => sample.TimestampUs / Second));
    }

    [Fact]
    public async Task A_row_comes_when_its_event_time_over_speed_has_passed()
    {
        Write("a.csv", 0, 10);
        var replay = Sensor(new ReplayOptions { Folder = _folder.Path, Layout = Layout, Speed = 10 }).RunAsync(_sink, CancellationToken.None);
        Assert.Single(_sink.Samples);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Single(_sink.Samples);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await replay;
        Assert.Equal(2, _sink.Samples.Count);
    }

    [Fact]
    public async Task Following_waits_for_the_next_file()
    {
        Write("a.csv", 1);
        using var stop = new CancellationTokenSource();
        var options = new ReplayOptions { Folder = _folder.Path, Layout = Layout, Speed = 0, Follow = true };
        var replay = Sensor(options).RunAsync(_sink, stop.Token);
        Assert.Equal(["a"], _sink.Runs);
        Write("b.csv", 2);
        _time.Advance(options.FollowInterval);
        Assert.Equal(["a", "b"], [await _sink.EndedAsync(), await _sink.EndedAsync()]);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => replay);
    }

    [Fact]
    public async Task A_loop_goes_on_in_event_time_and_numbers_its_runs()
    {
        Write("a.csv", 5, 6);
        using var stop = new CancellationTokenSource();
        var sink = new StoppingSink(_sink, stop, after: 6);
        var options = new ReplayOptions { Files = [_folder.File("a.csv")], Layout = Layout, Speed = 0, Loop = true, Pause = TimeSpan.FromSeconds(1) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Sensor(options).RunAsync(sink, stop.Token));
        Assert.Equal(["a", "a-2", "a-3"], _sink.Runs.Take(3));
        Assert.Equal([5, 6, 8, 9, 11, 12], _sink.Samples.Take(6).Select(sample => sample.TimestampUs / Second));
    }

    [Fact]
    public async Task A_bad_row_ends_the_run_and_stops_with_its_place()
    {
        File.WriteAllText(_folder.File("a.csv"), "t;a\n1;1\n2;oops\n");
        var sensor = Sensor(new ReplayOptions { Folder = _folder.Path, Layout = Layout, Speed = 0 });
        var e = await Assert.ThrowsAsync<SensorDataException>(() => sensor.RunAsync(_sink, CancellationToken.None));
        Assert.Equal(3, e.Line);
        Assert.Single(_sink.Ended);
    }

    [Theory]
    [InlineData("Folder")]
    [InlineData("Follow")]
    [InlineData("Speed")]
    public void Contradictory_options_are_refused_by_name(string field)
    {
        var options = field switch
        {
            "Folder" => new ReplayOptions { Layout = Layout },
            "Follow" => new ReplayOptions { Layout = Layout, Files = ["x.csv"], Follow = true },
            _ => new ReplayOptions { Layout = Layout, Files = ["x.csv"], Speed = -1 },
        };
        Assert.Contains(field, Assert.Throws<ArgumentException>(() => Sensor(options)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private ReplaySensor Sensor(ReplayOptions options) => new(options, _time, NullLogger.Instance);

    private void Write(string name, params int[] seconds) =>
        File.WriteAllText(_folder.File(name), "t;a\n" + string.Concat(seconds.Select(second => $"{second};{second}\n")));

    private sealed class StoppingSink(RecordingSink inner, CancellationTokenSource stop, int after) : ISampleSink
    {
        public void Add(Sample sample)
        {
            inner.Add(sample);
            if (inner.Samples.Count == after) stop.Cancel();
        }

        public void StartRun(string runId, long timestampUs) => inner.StartRun(runId, timestampUs);

        public void EndRun(long timestampUs) => inner.EndRun(timestampUs);
    }
}
