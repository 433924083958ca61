using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;
using Operator.Cli.Demo.Report;
using Operator.Cli.Hub;

namespace Cloud.Hub.Tests.Operator.Demo;

public class DemoVerdictTests
{
    private static readonly Confusion Before = new(50, 30, 100, 20);
    private static readonly Confusion After = new(65, 10, 120, 5);
    private static readonly ItemCounts Exact = new(10, 10, 0, 0);
    private static readonly BadModelResult Stopped = new("sha256:bad", 2, 2, 1.5, "false-alarms");
    private static readonly Dictionary<string, ServiceFact> AtWork = new() { ["memory"] = new(3, "archived") };

    [Fact]
    public void The_loop_closed_when_everything_was_seen() =>
        Assert.All(Checks(), static check => Assert.True(check.Holds, $"{check.Name}: {check.Seen}"));

    [Fact]
    public void A_bad_model_that_touched_nobody_proves_nothing()
    {
        var broken = Broken(Checks(bad: Stopped with { DevicesTouched = 0, DevicesRestored = 0 }));
        Assert.Equal("every device it touched went back", broken.Name);
        Assert.Equal("0 of 0", broken.Seen);
    }

    [Fact]
    public void A_device_that_kept_the_bad_model_is_seen() => Assert.Equal("1 of 2", Broken(Checks(bad: Stopped with { DevicesRestored = 1 })).Seen);

    [Fact]
    public void A_bad_model_that_nothing_stopped_is_seen() =>
        Assert.Equal("nothing stopped it", Broken(Checks(bad: Stopped with { StoppedBy = null })).Seen);

    [Fact]
    public void A_site_without_devices_answered_nothing() =>
        Assert.Equal(2, Checks(devices: []).Count(static check => check is { Holds: false, Seen: "0 of 0" }));

    [Fact]
    public void A_device_that_still_answers_with_the_first_model_is_seen() =>
        Assert.Equal("1 of 2", Broken(Checks(devices: [Device("second"), Device("first")])).Seen);

    [Fact]
    public void An_equal_score_is_not_better() => Assert.Contains("F1", Broken(Checks(after: Before)).Seen, StringComparison.Ordinal);

    [Fact]
    public void A_score_on_recordings_without_anomalies_is_none() =>
        Assert.Contains("0 of them anomalous", Broken(Checks(before: new(0, 5, 195, 0), after: new(0, 1, 199, 0))).Seen, StringComparison.Ordinal);

    [Fact]
    public void A_lost_experience_is_seen() => Assert.Equal("10 produced, 9 stored", Broken(Checks(experiences: new ItemCounts(10, 9, 1, 0))).Seen);

    [Fact]
    public void No_experience_at_all_is_no_success() => Assert.False(Broken(Checks(experiences: new ItemCounts(0, 0, 0, 0))).Holds);

    [Fact]
    public void A_service_that_did_nothing_is_named() =>
        Assert.Equal(
            "not reasoning", Broken(Checks(services: new() { ["memory"] = new(3, "archived"), ["reasoning"] = new(0, "decided nothing") })).Seen);

    [Fact]
    public void Experiences_are_counted_apart_from_all_other_facts()
    {
        var archive = new ArchiveAnswer(Facts: 90, Experiences: 40, Repeats: 7, Gaps: 0, Evicted: 10, [new("d1", 1, 60, 25), new("d2", 1, 40, 15)]);
        DeviceAnswer[] devices = [Reporting("d1", facts: 60, experiences: 30), Reporting("d2", facts: 40, experiences: 15)];
        Assert.Equal(new ItemCounts(100, 90, 0, 0), ItemCounts.OfFacts(devices, archive));
        Assert.Equal(new ItemCounts(45, 40, 5, 0), ItemCounts.OfExperiences(devices, archive));
    }

    private static DemoCheck Broken(IReadOnlyList<DemoCheck> checks) => Assert.Single(checks, static check => !check.Holds);

    private static IReadOnlyList<DemoCheck> Checks(
        IReadOnlyList<DeviceResult>? devices = null, Confusion? before = null, Confusion? after = null, ItemCounts? experiences = null,
        BadModelResult? bad = null,
        Dictionary<string, ServiceFact>? services = null) =>
        DemoVerdict.Checks(
            devices ?? [Device("second"), Device("second")], "first", "second", before ?? Before, after ?? After, experiences ?? Exact, Exact,
            bad ?? Stopped, services ?? AtWork);

    private static DeviceResult Device(string digestAfter) => new()
    {
        Id = "pump",
        Recording = "valve-1",
        Before = ScoreResult.From(Before),
        After = ScoreResult.From(After),
        DigestBefore = "first",
        DigestAfter = digestAfter,
        ResidentMb = 40,
        SwapMs = 12,
    };

    private static DeviceAnswer Reporting(string id, long facts, long experiences) => new(
        "site", id, true,
        new ReportedState
        {
            DesiredVersion = 0,
            BootId = "b",
            AgentVersion = "1",
            Session = 1,
            SlotState = SlotState.Empty,
            Calibrated = false,
            SamplingBoost = 1,
            Channels = [],
            RateHz = 1,
            Counters = new DeviceCounters { FactsProduced = facts, FactsAcknowledged = facts, ExperiencesKept = experiences },
            TimestampUs = 0,
        },
        null);
}
