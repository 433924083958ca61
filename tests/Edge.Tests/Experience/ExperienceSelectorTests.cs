using Edge.Agent.Experience;
using Edge.Agent.Settings;
using Hmas.Contracts.Facts;

namespace Edge.Tests.Experience;

public sealed class ExperienceSelectorTests
{
    private const int Rows = 60;
    private const int CalibrationRows = 400;
    private readonly ExperienceSelector _selector = new(new ExperienceOptions());
    private readonly SamplingBoost _boost = new();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Calibration_windows_begin_with_the_first_and_hold_each_row_once(int stride)
    {
        var kept = new List<long>();
        for (long frame = Rows - 1; frame < CalibrationRows; frame += stride)
        {
            if (Choose(frame).HasFlag(ExperienceReasons.Calibration)) kept.Add(frame);
        }

        Assert.Equal(Rows - 1, kept[0]);
        Assert.All(kept.Zip(kept.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, Rows, Rows + stride - 1));
        Assert.InRange(kept[^1], CalibrationRows - Rows - stride, CalibrationRows - 1);
    }

    [Fact]
    public void After_a_gap_calibration_windows_go_on_with_the_next_full_one()
    {
        Assert.True(Choose(59).HasFlag(ExperienceReasons.Calibration));
        // A gap after frame 70: the next window is full at 130.
        Assert.True(Choose(130).HasFlag(ExperienceReasons.Calibration));
        Assert.False(Choose(189).HasFlag(ExperienceReasons.Calibration));
        Assert.True(Choose(190).HasFlag(ExperienceReasons.Calibration));
    }

    [Fact]
    public void A_new_run_begins_its_own_calibration_windows()
    {
        Choose(359);
        _selector.StartRun();
        Assert.True(Choose(59).HasFlag(ExperienceReasons.Calibration));
    }

    [Fact]
    public void A_window_like_one_that_the_hub_is_unsure_of_is_kept_with_the_value_of_an_uncertain_one()
    {
        var (reasons, value) = _selector.Choose(
            new WindowFacts(1000, Rows, IsCalibration: false, IsAlarm: false, 0.1f, IsRequested: false) { IsNear = true }, 0, _boost);
        Assert.Equal((ExperienceReasons.Requested, 0.7f), (reasons, MathF.Round(value, 3)));
    }

    [Fact]
    public void A_boost_makes_common_windows_denser()
    {
        int Kept() => Enumerable.Range(0, 400).Count(i => Choose(1000 + i, isCalibration: false) != ExperienceReasons.None);
        var before = Kept();
        _boost.Value = 4;
        Assert.Equal((20, 80), (before, Kept()));
    }

    [Fact]
    public void The_first_alarm_of_a_stretch_is_worth_more_than_those_after_it()
    {
        var first = _selector.Choose(new WindowFacts(1000, Rows, false, IsAlarm: true, 3, false), 0, _boost);
        _selector.Choose(new WindowFacts(1001, Rows, false, IsAlarm: true, 3, false), 0, _boost);
        var third = _selector.Choose(new WindowFacts(1002, Rows, false, IsAlarm: true, 3, false), 0, _boost);
        Assert.True(first.Reasons.HasFlag(ExperienceReasons.Alarm) && third.Reasons.HasFlag(ExperienceReasons.Alarm));
        Assert.True(first.Value > third.Value, $"{first.Value} against {third.Value}");
    }

    private ExperienceReasons Choose(long frame, bool isCalibration = true) =>
        _selector.Choose(new WindowFacts(frame, Rows, isCalibration, IsAlarm: false, float.NaN, IsRequested: false), float.NaN, _boost).Reasons;
}
