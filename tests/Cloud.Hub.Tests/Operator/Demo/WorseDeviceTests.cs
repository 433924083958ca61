using Hmas.Contracts.Models;
using Operator.Cli.Demo.Report;
using Operator.Cli.Demo.Scoring;

namespace Cloud.Hub.Tests.Operator.Demo;

public sealed class WorseDeviceTests
{
    private const int Rows = OutlierScore.TrainingRows + 4;

    [Fact]
    public void A_device_that_is_worse_is_told_with_its_rows_and_with_those_nobody_answers()
    {
        bool[] truth = [.. Enumerable.Repeat(false, OutlierScore.TrainingRows), true, true, true, false];
        bool?[] answers = [.. Enumerable.Repeat<bool?>(null, OutlierScore.TrainingRows), false, null, true, false];
        Assert.Equal(
            "pump-1 is worse on other-13, F1 0.667 to 0.500: of 3 anomalous rows 1 alarm, 2 did before; of 1 normal ones 0, 1 before. No model answers 1 of the anomalous rows: the recording has gaps, and a window that spans one is no window. The hub is never told the truth of these recordings, so no gate could know; it asks people about 2 of its windows (hmas label list).",
            WorseDevice.Describe("pump-1", "other-13", new Confusion(2, 1, 0, 1), new Confusion(1, 0, 1, 2), truth, answers, asked: 2));
    }

    [Fact]
    public void Gaps_are_not_blamed_where_every_row_was_answered()
    {
        var told = WorseDevice.Describe(
            "pump-1", "r", new Confusion(2, 0, 1, 1), new Confusion(1, 0, 1, 2), new bool[Rows], new bool?[Rows], asked: 0);
        Assert.DoesNotContain("gaps", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_device_that_is_no_worse_needs_no_words(int found) =>
        Assert.Null(WorseDevice.Describe(
            "pump-1", "r", new Confusion(1, 0, 1, 2), new Confusion(found, 0, 1, 3 - found), new bool[Rows], new bool?[Rows], asked: 0));

    [Fact]
    public void A_device_without_a_score_is_not_called_worse() =>
        Assert.Null(WorseDevice.Describe("pump-1", "r", new Confusion(2, 0, 1, 1), default, new bool[Rows], new bool?[Rows], asked: 0));
}
