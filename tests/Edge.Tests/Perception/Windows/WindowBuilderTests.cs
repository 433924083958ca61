using Edge.Agent.Perception.Windows;

namespace Edge.Tests.Perception.Windows;

public sealed class WindowBuilderTests
{
    private const long Second = 1_000_000;
    private readonly FrameHistory _history = new(
        2, new WindowOptions { HistoryFrames = 5, MaxCalibrationRows = 3, Length = 2, CalibrationRows = 2, MaxGap = TimeSpan.FromSeconds(5) });

    [Fact]
    public void A_window_is_the_last_rows_of_the_chosen_channels_in_row_major_order()
    {
        var window = new WindowBuilder(_history, [1, 0], 3, 1);
        for (var i = 0; i < 12; i++)
        {
            Add(i);
            if (i < 2)
            {
                Assert.True(window.IsWarming);
                continue;
            }

            Assert.True(window.IsDue);
            Assert.Equal([-(i - 2), -(i - 1), -i, i - 2, i - 1, i], window.Build().ToArray());
            Assert.Equal((i - 2) * Second, window.StartUs);
        }
    }

    [Fact]
    public void Windows_come_every_stride()
    {
        var window = new WindowBuilder(_history, [0], 2, 3);
        var due = new List<int>();
        for (var i = 0; i < 9; i++)
        {
            Add(i);
            if (window.IsDue) due.Add(i);
        }

        Assert.Equal([1, 4, 7], due);
    }

    [Fact]
    public void No_window_spans_a_gap_longer_than_the_limit_and_shorter_ones_are_spanned()
    {
        var window = new WindowBuilder(_history, [0], 2, 1);
        Add(0);
        Add(5);
        Assert.True(window.IsDue);
        Add(11);
        Assert.True(window.IsWarming);
        Assert.Equal(1, _history.Gaps);
        Add(12);
        Assert.Equal([11f, 12f], window.Build().ToArray());
    }

    [Fact]
    public void A_builder_that_comes_late_finds_the_frames_that_were()
    {
        for (var i = 0; i < 7; i++) Add(i);
        Assert.Equal([3f, 4f, 5f, 6f], new WindowBuilder(_history, [0], 4, 1).Build().ToArray());
    }

    [Fact]
    public void The_first_rows_of_a_run_are_kept_for_calibration()
    {
        for (var i = 0; i < 20; i++) Add(i);
        var rows = new float[6];
        _history.CopyCalibrationRows(3, [1, 0], rows);
        Assert.Equal([0, 0, -1, 1, -2, 2], rows);
    }

    private void Add(int second) => _history.Add(second * Second, [second, -second]);
}
