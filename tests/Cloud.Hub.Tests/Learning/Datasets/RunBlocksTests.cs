using Cloud.Hub.Learning.Datasets;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Learning.Datasets;

public sealed class RunBlocksTests
{
    private const int Window = 39;
    private const int WindowRows = 60;
    private const int CalibrationRows = 360;

    [Fact]
    public void A_run_as_short_as_a_recording_is_whole_wherever_it_lies_on_the_grid()
    {
        for (var first = 0; first < 2 * RunBlocks.Rows; first += 97)
            Assert.Equal("r", RunBlocks.NameOf("r", first, first + RunBlocks.Rows - 1));
    }

    [Fact]
    public void A_rows_block_stays_what_it_is_as_the_run_grows()
    {
        var few = Experience(4_000);
        var many = Experience(9_000);
        string[] before = [.. Names(few)], after = [.. Names(many)];
        Assert.InRange(before.Length, 3, 4);
        Assert.Equal(before, after[..before.Length]);
        Assert.Equal(after.Length, after.Distinct().Count());
    }

    [Fact]
    public void Two_parts_of_a_run_share_no_row_keep_a_window_apart_and_are_normalised_alike()
    {
        var experience = Experience(20_000);
        var run = experience.Runs[0];
        var parts = Part(experience, every: 3);
        Assert.Equal([RunPart.Fit, RunPart.HeldOut], parts.Keys.Order());
        Assert.All(parts.Values, part => Assert.Equal(run.CalibrationRows(), part.CalibrationRows()));
        var (fit, heldOut) = (Places(parts[RunPart.Fit]), Places(parts[RunPart.HeldOut]));
        Assert.All(heldOut, place => Assert.DoesNotContain(Enumerable.Range(-Window, (2 * Window) + 1), step => fit.Contains(place + step)));
        // Nothing else is left out: 16 blocks, of which every third is another part, have some ten borders.
        Assert.InRange(run.Count - fit.Count - heldOut.Count, 1, 11 * Window);
        Assert.All(
            parts.Values.SelectMany(static part => part.Segments()),
            static segment => Assert.Equal(segment.Count, segment[^1].Place - segment[0].Place + 1));
    }

    [Fact]
    public void A_fault_over_a_border_is_in_the_part_in_which_it_began()
    {
        var begin = Experience(20_000).Runs[0].Rows.First().Place;
        var border = ((begin / RunBlocks.Rows) + 3) * RunBlocks.Rows;
        var experience = Experience(20_000, new OutcomeLabel
        {
            DeviceId = "d", RunId = "r", FromUs = (border - 100) * 1_000_000, ToUs = (border + 300) * 1_000_000, Label = "leak", Source = "test",
        });
        var blocks = RunBlocks.Of(experience, experience.Runs[0]);
        Assert.Equal("leak", Assert.Single(blocks, static block => block.Fault is not null).Fault);
        for (var every = 2; every <= 3; every++)
        {
            foreach (var (part, rows) in Part(experience, every))
            {
                var faulty = rows.Rows.Where(row => experience.Truth(rows, row) == true).ToList();
                if (faulty.Count > 0) Assert.True(faulty[0].Place <= border - 100 + Window, $"a rest of the fault is {part}");
            }

            Assert.Single(Part(experience, every).Values, rows => rows.Rows.Any(row => experience.Truth(rows, row) == true));
        }
    }

    [Fact]
    public void A_part_names_the_samples_that_it_reads_and_those_that_calibrate_it()
    {
        var parts = Part(Experience(20_000), every: 3);
        var calibration = Enumerable.Range(1, CalibrationRows / WindowRows).Select(static id => (long)id).ToList();
        Assert.All(parts.Values, part => Assert.Equal(calibration, part.ExperienceIds.Take(calibration.Count)));
        Assert.All(parts.Values, part => Assert.InRange(part.ExperienceIds.Count() * WindowRows, part.Count, 1.5 * part.Count));
    }

    [Fact]
    public void A_run_that_is_all_for_the_same_is_left_as_it_is()
    {
        var experience = Experience(20_000);
        Assert.Same(experience.Runs[0], Assert.Single(RunBlocks.Part(experience, experience.Runs[0], static _ => RunPart.Fit, Window)).Rows);
    }

    private static IEnumerable<string> Names(FleetExperience experience) =>
        RunBlocks.Of(experience, experience.Runs[0]).Select(static block => block.Names.Single());

    private static HashSet<long> Places(RunRows rows) => [.. rows.Rows.Select(static row => row.Place)];

    /// <summary>Of so many blocks one is held out.</summary>
    private static Dictionary<RunPart, RunRows> Part(FleetExperience experience, int every)
    {
        var names = Names(experience).ToList();
        return RunBlocks.Part(
                experience, experience.Runs[0], name => names.IndexOf(name) % every == every - 1 ? RunPart.HeldOut : RunPart.Fit, Window)
            .ToDictionary(static part => part.Part, static part => part.Rows);
    }

    /// <summary>A run at a row a second whose every row was kept.</summary>
    private static FleetExperience Experience(int rows, params OutcomeLabel[] labels)
    {
        const long Start = 1_700_000_000_000_000;
        var run = new RunRows("d", "r", [0], rateHz: 1);
        for (var from = 0; from < rows; from += WindowRows)
        {
            run.Add(
                new ExperienceRecord
                {
                    RunId = "r", StartUs = Start + (from * 1_000_000L), EndUs = Start + ((from + WindowRows - 1) * 1_000_000L),
                    Window = [.. Enumerable.Range(from, WindowRows).Select(static row => (float)row)], Channels = 1, Centre = [], Scale = [],
                    ModelDigest = "", Score = float.NaN, Threshold = float.NaN, Value = 0.5f,
                    Reasons = from < CalibrationRows ? ExperienceReasons.Calibration : ExperienceReasons.Routine,
                },
                isNew: true, (from / WindowRows) + 1);
        }

        return new FleetExperience(
            ["c"], 1, [run], new Dictionary<string, LabelTimeline> { ["d"] = new(labels) }, new Dictionary<string, int>());
    }
}
