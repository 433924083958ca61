using Cloud.Hub.Perception.Quality;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Perception;

public sealed class QualityCountsTests
{
    private readonly QualityCounts _counts = new();

    [Fact]
    public void Values_that_arrive_and_move_are_good()
    {
        _counts.Add(Window([1, 2, 1, 2]));
        Assert.Equal("good", _counts.Verdict("d").Verdict);
    }

    [Fact]
    public void Missing_values_are_counted_value_by_value()
    {
        _counts.Add(Window([1, float.NaN, 1, 2]));
        var verdict = _counts.Verdict("d");
        Assert.Equal(("bad", 0.25), (verdict.Verdict, verdict.MissingShare));
    }

    [Fact]
    public void A_channel_that_stands_still_though_it_moved_when_healthy_is_stuck()
    {
        _counts.Add(Window([3, 3, 3, 3]));
        Assert.Equal(1.0, _counts.Verdict("d").StuckShare);
    }

    [Fact]
    public void A_channel_that_never_moved_is_not_stuck()
    {
        _counts.Add(Window([3, 3, 3, 3]) with { Scale = [0] });
        Assert.Equal("good", _counts.Verdict("d").Verdict);
    }

    [Fact]
    public void A_value_no_machine_can_have_is_out_of_range()
    {
        _counts.Add(Window([1, 2, 1, 1e9f]));
        Assert.Equal(0.25, _counts.Verdict("d").OutOfRangeShare);
    }

    private static ExperienceRecord Window(float[] values) => new()
    {
        RunId = "run",
        StartUs = 0,
        EndUs = 3,
        Window = values,
        Channels = 1,
        Centre = [1.5f],
        Scale = [0.5f],
        ModelDigest = "",
        Score = 0,
        Threshold = 1,
        Reasons = ExperienceReasons.Routine,
        Value = 0,
    };
}
