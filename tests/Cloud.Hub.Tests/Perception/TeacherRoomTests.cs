using Cloud.Hub.Perception.Teacher;
using Cloud.Hub.Tests.Redistribution;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Perception;

public sealed class TeacherRoomTests : IDisposable
{
    private static readonly byte[] Onnx = Models.Onnx("teacher", "Neg");
    private static readonly ModelManifest Manifest = Models.Manifest("teacher", 1, Onnx)
        with { Threshold = new ThresholdPolicy { CalibrationRows = 16 } };
    private readonly PerceptionScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void Without_a_teacher_or_enough_healthy_rows_there_is_no_opinion()
    {
        using var room = new TeacherRoom(2);
        Begin(room, "run", windows: 1);
        Assert.Null(Consider(room, "run"));
        room.Appoint(Manifest with { Threshold = Manifest.Threshold with { CalibrationRows = 400 } }, Onnx);
        Assert.Null(Consider(room, "run"));
        room.Appoint(Manifest, Onnx);
        Assert.NotNull(Consider(room, "run"));
    }

    [Fact]
    public void The_run_unseen_for_longest_goes_first()
    {
        using var room = new TeacherRoom(2);
        Begin(room, "first");
        Begin(room, "second");
        Consider(room, "first");
        Begin(room, "third");
        Assert.Equal((true, false, true), (room.Knows("d", "first"), room.Knows("d", "second"), room.Knows("d", "third")));
    }

    [Fact]
    public void A_teacher_that_reads_a_channel_which_the_device_lacks_names_it()
    {
        using var room = new TeacherRoom(2);
        room.Appoint(Manifest, Onnx);
        Begin(room, "run");
        var refusal = Assert.Throws<ArgumentException>(() => room.Consider("d", ["a", "x"], _scene.Window("run", 9, 1)));
        Assert.Contains("'b'", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Healthy_rows_are_in_the_order_of_event_time_without_repeats_and_bounded()
    {
        var calibration = new RunCalibration();
        var (early, late) = (_scene.Window("run", 1, 1), _scene.Window("run", 2, 1));
        calibration.Add(late);
        calibration.Add(early);
        calibration.Add(late);
        Assert.Equal(16, calibration.Rows);
        var rows = calibration.RowsOf([1]);
        Assert.Equal(early.Window[8..].Concat(late.Window[8..]), rows);
        for (var i = 3; i < 3_000; i++) calibration.Add(_scene.Window("run", i, 1));
        Assert.Equal(20_000, calibration.Rows);
    }

    private double? Consider(TeacherRoom room, string run) => room.Consider("d", ["a", "b"], _scene.Window(run, 9, 1));

    private void Begin(TeacherRoom room, string run, int windows = 4) =>
        room.Begin("d", run, [.. Enumerable.Range(0, windows).Select(i => _scene.Window(run, i, 1, ExperienceReasons.Calibration))]);
}
