using Hmas.Signals.Streaming;

namespace Shared.Tests.Signals.Streaming;

public class DriftAlarmTests
{
    private const double FalseAlarmEvery = 10_000;
    private const double Mean = 20;
    private const double Deviation = 3;

    [Fact]
    public void Steady_values_give_at_most_one_false_alarm_in_ten_thousand()
    {
        const int Values = 4_000_000;
        var alarm = new DriftAlarm(Mean, Deviation);
        var random = new Random(1);
        var alarms = 0;
        for (var i = 0; i < Values; i++) alarms += Math.Abs(alarm.Add(Mean + (Deviation * Normal(random))));
        Assert.True(alarms <= Values / FalseAlarmEvery, $"{alarms} alarms in {Values} values, one in {(double)Values / Math.Max(1, alarms):0}");
    }

    /// <summary>1.5 × ln(10,000) / KL, the divergence of a shift by s deviations being s² / 2.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(0.5)]
    [InlineData(-0.5)]
    public void A_shift_is_told_within_half_more_than_the_bound(double shift)
    {
        const int Runs = 4000;
        var limit = 1.5 * Math.Log(FalseAlarmEvery) / (shift * shift / 2);
        var random = new Random(2);
        long delay = 0;
        for (var run = 0; run < Runs; run++)
        {
            var alarm = new DriftAlarm(Mean, Deviation);
            for (var i = 0; i < 200; i++) alarm.Add(Mean + (Deviation * Normal(random)));
            var direction = 0;
            while (direction == 0)
            {
                direction = alarm.Add(Mean + (Deviation * (Normal(random) + shift)));
                delay++;
            }
        }

        Assert.True((double)delay / Runs <= limit, $"shift of {shift} deviations: {(double)delay / Runs:0.0} values, at most {limit:0.0}");
    }

    [Fact]
    public void The_direction_is_told_and_the_sums_start_anew()
    {
        var alarm = new DriftAlarm(Mean, Deviation);
        Assert.Equal(-1, Enumerable.Range(0, 100).Select(_ => alarm.Add(Mean - (2 * Deviation))).First(direction => direction != 0));
        Assert.Equal((0, 0), (alarm.Upward, alarm.Downward));
    }

    [Fact]
    public void One_outlier_and_missing_values_are_no_drift()
    {
        var alarm = new DriftAlarm(Mean, Deviation);
        Assert.Equal(0, alarm.Add(1e9));
        Assert.Equal(0, alarm.Add(double.NaN));
        Assert.Equal(0, alarm.Add(double.PositiveInfinity));
        Assert.Equal(3.5, alarm.Upward);
    }

    [Fact]
    public void A_deviation_of_nothing_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new DriftAlarm(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DriftAlarm(0, double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new DriftAlarm(double.NaN, 1));
    }

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
