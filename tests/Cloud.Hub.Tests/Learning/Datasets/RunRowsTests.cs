using Cloud.Hub.Learning.Datasets;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Learning.Datasets;

public sealed class RunRowsTests
{
    [Fact]
    public void Overlapping_windows_give_each_row_once_and_a_gap_parts_the_segments()
    {
        var rows = new RunRows("d", "r", [1, 0], rateHz: 1);
        rows.Add(Window(0, 6, ExperienceReasons.Calibration));
        rows.Add(Window(4, 6, ExperienceReasons.Alarm));
        rows.Add(Window(20, 3, ExperienceReasons.Routine));

        var segments = rows.Segments().ToList();
        Assert.Equal([10, 3], segments.Select(s => s.Count));
        Assert.Equal([100f, 0f], segments[0][0].Values);
        Assert.Equal(6 * 2, rows.CalibrationRows().Length);
    }

    [Fact]
    public void Rows_of_one_experience_follow_each_other_though_some_came_late()
    {
        var rows = new RunRows("d", "r", [0], rateHz: 1);
        rows.Add(Window(0, 60, ExperienceReasons.Calibration) with { EndUs = 63_000_000 });
        rows.Add(Window(66, 60, ExperienceReasons.Calibration));
        Assert.Equal([60, 60], rows.Segments().Select(segment => segment.Count));
    }

    [Fact]
    public void The_later_label_of_a_moment_wins()
    {
        var timeline = new LabelTimeline(
        [
            Label(null, 0, 100, "normal"), Label("r", 40, 60, "valve"), Label("r", 50, 50, "normal"), Label("other", 0, 100, "leak"),
        ]);
        Assert.Equal("valve", timeline.FaultAt("r", 45));
        Assert.Null(timeline.FaultAt("r", 10));
        Assert.Null(timeline.At("r", 101));
        Assert.False(timeline.At("r", 10));
        Assert.True(timeline.At("r", 45));
        Assert.False(timeline.At("r", 50));
        Assert.True(timeline.At("other", 10));
    }

    [Fact]
    public void A_state_names_a_moment_and_leaves_open_whether_all_was_well_and_a_failure_does_neither()
    {
        var timeline = new LabelTimeline(
        [
            Label(null, 0, 100, "normal"), Label("r", 40, 60, "idle") with { Kind = LabelKind.State },
            Label(null, 200, 300, "idle") with { Kind = LabelKind.State }, Label(null, 50, 50, "seized") with { Kind = LabelKind.Failure },
        ]);
        Assert.Equal((false, "idle"), (timeline.At("r", 50), timeline.NameAt("r", 50)));
        Assert.Equal((null, "idle"), (timeline.At("r", 250), timeline.NameAt("r", 250)));
        Assert.Equal((false, "normal"), (timeline.At("r", 39), timeline.NameAt("r", 39)));
    }

    [Fact]
    public void The_first_failure_at_a_moment_or_after_it_ends_the_life_of_its_run_or_of_whatever_runs()
    {
        OutcomeLabel Failure(string? run, long at) => Label(run, at, at, "seized") with { Kind = LabelKind.Failure };
        var timeline = new LabelTimeline([Failure(null, 300), Label("r", 0, 500, "leak"), Failure("r", 100), Failure("other", 50)]);
        Assert.Equal(
            [100L, 100L, 300L, 300L, null], new long[] { 0, 100, 101, 300, 301 }.Select(timeUs => timeline.FailureFrom("r", timeUs)));
        Assert.Equal(50, timeline.FailureFrom("other", 0));
        Assert.Null(LabelTimeline.Empty.FailureFrom("r", 0));
    }

    private static OutcomeLabel Label(string? run, long from, long to, string label) =>
        new() { DeviceId = "d", RunId = run, FromUs = from, ToUs = to, Label = label, Source = "operator" };

    private static ExperienceRecord Window(int from, int length, ExperienceReasons reasons) => new()
    {
        RunId = "r",
        StartUs = from * 1_000_000L,
        EndUs = (from + length - 1) * 1_000_000L,
        Channels = 2,
        Window = [.. Enumerable.Range(from, length).Select(i => (float)i), .. Enumerable.Range(from, length).Select(i => 100f + i)],
        Centre = [],
        Scale = [],
        ModelDigest = "",
        Score = 0,
        Threshold = 0,
        Reasons = reasons,
        Value = 0,
    };
}
