using Cloud.Hub.Learning.Datasets;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Learning.Datasets;

public sealed class LifeGroupsTests
{
    private const long Second = 1_000_000;

    [Fact]
    public void Runs_of_a_machine_up_to_its_failure_are_one_life()
    {
        var groups = Groups(
            [Run("pump-1", "c", 300), Run("pump-1", "a", 0), Run("pump-1", "b", 100), Run("pump-2", "d", 50)],
            [Failure("pump-1", 210), Failure("pump-1", 400), Failure("pump-2", 400)]);
        Assert.Equal(["a b", "c", "d"], groups);
    }

    [Fact]
    public void A_run_in_which_the_machine_failed_joins_the_lives_on_both_sides()
    {
        var groups = Groups(
            [Run("pump-1", "a", 0), Run("pump-1", "b", 100), Run("pump-1", "c", 200), Run("pump-1", "d", 300)],
            [Failure("pump-1", 105), Failure("pump-1", 215)]);
        Assert.Equal(["a b c", "d"], groups);
    }

    [Fact]
    public void Without_a_failure_to_come_runs_stay_alone()
    {
        var groups = Groups([Run("pump-1", "a", 0), Run("pump-1", "b", 100)], []);
        Assert.Equal(["a", "b"], groups);
    }

    private static IEnumerable<string> Groups(RunRows[] runs, OutcomeLabel[] failures)
    {
        var labels = failures.GroupBy(label => label.DeviceId).ToDictionary(group => group.Key, group => new LabelTimeline([.. group]));
        var experience = new FleetExperience(["x"], 1, runs, labels, new Dictionary<string, int>());
        return LifeGroups.Of(experience, runs).Select(group => string.Join(' ', group.Select(run => run.RunId)));
    }

    /// <summary>Twenty rows, one a second.</summary>
    private static RunRows Run(string device, string id, long fromSecond)
    {
        const int Rows = 20;
        var run = new RunRows(device, id, [0], rateHz: 1);
        run.Add(new ExperienceRecord
        {
            RunId = id, StartUs = fromSecond * Second, EndUs = (fromSecond + Rows - 1) * Second, Channels = 1, Window = new float[Rows], Centre = [],
            Scale = [], ModelDigest = "", Score = 0, Threshold = 0, Reasons = ExperienceReasons.Routine, Value = 0,
        });
        return run;
    }

    private static OutcomeLabel Failure(string device, long second) => new()
    {
        DeviceId = device, FromUs = second * Second, ToUs = second * Second, Label = "seized", Kind = LabelKind.Failure, Source = "maintenance",
    };
}
