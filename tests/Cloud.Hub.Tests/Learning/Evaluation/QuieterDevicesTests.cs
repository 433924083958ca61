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

    private static EvaluationResult Result(params (string Device, int Windows, int Alarms)[] untold) =>
        new(new Dictionary<string, SliceMetrics>(), [], new Dictionary<string, double>(), 0)
        {
            Untold = untold.ToDictionary(device => device.Device, device => new AlarmCount(device.Windows, device.Alarms)),
        };
}
