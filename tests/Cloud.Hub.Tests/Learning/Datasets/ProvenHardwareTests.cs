using Cloud.Hub.Learning;
using Cloud.Hub.Learning.Datasets;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Learning.Datasets;

public sealed class ProvenHardwareTests
{
    private const int WindowRows = 8;

    [Fact]
    public void A_model_is_bound_to_every_class_of_which_a_held_out_run_has_a_whole_window_and_to_no_other()
    {
        var experience = Fleet(("a", "rpi4", 20), ("b", "rpi5", 20), ("c", "rpi4", 20), ("d", "old", WindowRows - 1), ("e", "never", 20));
        Assert.Equal(["rpi4", "rpi5"], experience.ProvenHardware(experience.Runs.Take(4), WindowRows));
    }

    [Fact]
    public void A_model_that_is_measured_on_nothing_or_on_more_classes_than_a_package_can_name_is_refused()
    {
        var few = Fleet(("a", "rpi4", WindowRows - 1));
        var refused = Assert.Throws<TrainingRefusedException>(() => few.ProvenHardware(few.Runs, WindowRows));
        Assert.Contains("no run to measure the model on has a window of 8 rows", refused.Message, StringComparison.Ordinal);

        var many = Fleet([.. Enumerable.Range(0, HardwareClass.MaxClasses + 1).Select(static i => ($"d{i}", $"class-{i}", 20))]);
        Assert.Equal(HardwareClass.MaxClasses, many.ProvenHardware(many.Runs.Skip(1), WindowRows).Count);
        refused = Assert.Throws<TrainingRefusedException>(() => many.ProvenHardware(many.Runs, WindowRows));
        Assert.Contains("come from 33 hardware classes, class-0, class-1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("a package names 32 at most", refused.Message, StringComparison.Ordinal);
    }

    private static FleetExperience Fleet(params (string Device, string Hardware, int Rows)[] devices) => new(
        ["x"], 1, [.. devices.Select(static device => Run(device.Device, device.Rows))], new Dictionary<string, LabelTimeline>(),
        new Dictionary<string, int>())
    {
        Hardware = devices.ToDictionary(static device => device.Device, static device => device.Hardware),
    };

    private static RunRows Run(string device, int rows)
    {
        var run = new RunRows(device, "r", [0], rateHz: 1);
        run.Add(new ExperienceRecord
        {
            RunId = "r", StartUs = 0, EndUs = (rows - 1) * 1_000_000L, Channels = 1, Window = new float[rows], Centre = [], Scale = [],
            ModelDigest = "", Score = 0, Threshold = 0, Reasons = ExperienceReasons.Routine, Value = 0,
        });
        return run;
    }
}
