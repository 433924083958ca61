using Cloud.Hub.Learning.Evaluation;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Tests.Learning.Evaluation;

public sealed class QuieterDevicesTests
{
    [Fact]
    public void Devices_that_fell_silent_where_nobody_knows_the_truth_are_named_the_most_silent_first()
    {
        var parent = Result(("a", 100, 10), ("b", 448, 46), ("c", 50, 5));
        Assert.Equal(
            "; where nobody has said what is right it alarms less: b 9 of 448, its parent 46; a 9 of 100, its parent 10",
            QuieterDevices.Of(parent, Result(("a", 100, 9), ("b", 448, 9), ("c", 50, 6))));
    }

    [Fact]
    public void More_than_three_are_counted() =>
        Assert.EndsWith(
            "its parent 5 and 1 more devices",
            QuieterDevices.Of(
                Result(("a", 9, 5), ("b", 9, 5), ("c", 9, 5), ("d", 9, 5)), Result(("a", 9, 0), ("b", 9, 1), ("c", 9, 2), ("d", 9, 3))),
            StringComparison.Ordinal);

    [Fact]
    public void A_candidate_that_alarms_as_often_leaves_nothing_to_say() =>
        Assert.Empty(QuieterDevices.Of(Result(("a", 9, 5)), Result(("a", 9, 5), ("b", 3, 0))));

    [Fact]
    public void Of_each_run_the_surest_alarm_that_was_silenced_is_told_the_surest_first()
    {
        var (parent, candidate) = (new UntoldAlarms(), new UntoldAlarms());
        (string Device, string Run, long Us, float Ratio)[] alarms = [
            ("a", "r1", 10, 1.2f), ("a", "r1", 20, 4f), ("a", "r1", 30, 3f), ("b", "r1", 10, 6f), ("b", "r2", 10, 1.5f)];
        foreach (var (device, run, us, ratio) in alarms) parent.Add(device, run, us, isAlarm: true, ratio);
        parent.Add("c", "r3", 10, isAlarm: false, 0.5f);
        candidate.Add("a", "r1", 20, isAlarm: true, 1.1f);
        candidate.Add("b", "r1", 10, isAlarm: false, 0.9f);
        Assert.Equal(
            [new SilencedAlarm("b", "r1", 10, 6f), new SilencedAlarm("a", "r1", 30, 3f), new SilencedAlarm("b", "r2", 10, 1.5f)],
            parent.SilencedBy(candidate));
    }

    private static EvaluationResult Result(params (string Device, int Windows, int Alarms)[] untold)
    {
        var alarms = new UntoldAlarms();
        foreach (var (device, windows, count) in untold)
        {
            for (var us = 0; us < windows; us++) alarms.Add(device, "run", us, us < count, ratio: 2);
        }

        return new EvaluationResult(new Dictionary<string, SliceMetrics>(), [], new Dictionary<string, double>(), 0) { Untold = alarms };
    }
}
