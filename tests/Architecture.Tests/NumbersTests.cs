using System.Text.RegularExpressions;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;

namespace Architecture.Tests;

/// <summary>Numbers that stand on disks and wires: a change here breaks devices in the field.</summary>
public sealed partial class NumbersTests
{
    [Fact]
    public void Numbers_on_the_wire_are_frozen()
    {
        Assert.Equal(
            [(1, "Experience"), (2, "Alarm"), (3, "Action"), (4, "SlotReport"), (5, "Evidence"), (6, "RunStarted"), (7, "RunEnded"), (8, "Evicted")],
            Enum.GetValues<FactKind>().Select(kind => ((int)kind, $"{kind}")));
        Assert.Equal(
            [(0, "Empty"), (1, "Downloading"), (2, "Verified"), (3, "Probed"), (4, "Shadowing"), (5, "Active"), (6, "Committed"), (7, "Refused"),
                (8, "Returned")],
            Enum.GetValues<SlotState>().Select(state => ((int)state, $"{state}")));
        Assert.Equal(
            [(0, "Values"), (1, "Differences"), (2, "RollingMean"), (3, "RollingDeviation"), (16, "Mean"), (17, "Deviation"), (18, "Rms"),
                (19, "CrestFactor"), (20, "Kurtosis"), (21, "Slope"), (22, "SpectrumBands"), (23, "MelBands"), (24, "LogDeviation"),
                (25, "LogDifferenceDeviation"), (26, "MeanChange"), (27, "PeakLogDeviation")],
            Enum.GetValues<FeatureKind>().Select(kind => ((int)kind, $"{kind}")));
        Assert.Equal(
            [(0, "Magnitude"), (1, "AlongMean"), (2, "AcrossMean"), (3, "Asinh")],
            Enum.GetValues<DerivedKind>().Select(kind => ((int)kind, $"{kind}")));
        Assert.Equal(
            [(0, "Outcome"), (1, "State"), (2, "Failure")], Enum.GetValues<LabelKind>().Select(kind => ((int)kind, $"{kind}")));
        Assert.Equal([0, 1, 2, 4, 8, 16, 32], Enum.GetValues<ExperienceReasons>().Select(reason => (int)reason));
    }

    [Fact]
    public void An_event_id_is_used_once()
    {
        var twice = SourceTree.Files("src")
            .SelectMany(file => EventId().Matches(file.Text).Select(match => (Id: match.Groups[1].Value, file.Path)))
            .GroupBy(use => (use.Id, Program: use.Path.Split('/')[1] == "Shared" ? "Shared" : use.Path.Split('/')[1]))
            .Where(uses => uses.Count() > 1)
            .Select(uses => $"{uses.Key.Id}: {string.Join(", ", uses.Select(use => use.Path))}");
        Assert.Empty(twice);
    }

    [GeneratedRegex(@"EventId\s*=\s*(\d+)")]
    private static partial Regex EventId();
}
