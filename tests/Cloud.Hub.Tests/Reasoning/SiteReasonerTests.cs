using Cloud.Hub.Reasoning;
using Cloud.Hub.Reasoning.Sites;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Reasoning;

public sealed class SiteReasonerTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ReasoningOptions _options = new() { IncidentDevices = 2, CalmBeforeLowering = TimeSpan.FromSeconds(
        30), IncidentSamplingBoost = 4 };
    private readonly SiteState _state = new();
    private long _sequence;

    private static HashSet<string> NoneSilent => [];

    [Fact]
    public void One_anomalous_device_is_no_incident()
    {
        Assert.Null(Raise("pump-1", "a1", "vibration", Start));
        Assert.Null(_state.Incident);
    }

    [Fact]
    public void Two_devices_at_once_raise_sampling_and_the_shared_rule_is_named()
    {
        Raise("pump-1", "a1", "vibration", Start);
        var decision = Raise("pump-2", "a2", "vibration", Start.AddSeconds(1));
        Assert.Equal(4, decision?.Boost);
        Assert.Contains("look for what they share", decision?.Reason, StringComparison.Ordinal);
        Assert.Contains("vibration", decision?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Different_rules_are_told_as_separate_faults()
    {
        Raise("pump-1", "a1", "vibration", Start);
        Assert.Contains("separate faults", Raise("pump-2", "a2", "low-flow", Start)?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Sampling_is_raised_once_for_an_incident_that_grows()
    {
        Raise("pump-1", "a1", "vibration", Start);
        Raise("pump-2", "a2", "vibration", Start);
        Assert.Null(Raise("pump-3", "a3", "vibration", Start));
        Assert.Contains("3 of 3", _state.Incident, StringComparison.Ordinal);
    }

    [Fact]
    public void Sampling_is_lowered_only_after_the_calm_has_lasted()
    {
        Raise("pump-1", "a1", "vibration", Start);
        Raise("pump-2", "a2", "vibration", Start);
        Assert.Null(Clear("pump-2", "a2", Start.AddSeconds(10)));
        Assert.Null(SiteReasoner.Consider(_state, NoneSilent, _options, Start.AddSeconds(39)));
        Assert.Equal(1, SiteReasoner.Consider(_state, NoneSilent, _options, Start.AddSeconds(40))?.Boost);
        Assert.Null(_state.Incident);
    }

    [Fact]
    public void An_alarm_within_the_calm_starts_it_anew()
    {
        Raise("pump-1", "a1", "vibration", Start);
        Raise("pump-2", "a2", "vibration", Start);
        Clear("pump-2", "a2", Start.AddSeconds(10));
        Raise("pump-2", "a3", "vibration", Start.AddSeconds(20));
        Clear("pump-2", "a3", Start.AddSeconds(25));
        Assert.Null(SiteReasoner.Consider(_state, NoneSilent, _options, Start.AddSeconds(50)));
        Assert.NotNull(SiteReasoner.Consider(_state, NoneSilent, _options, Start.AddSeconds(55)));
    }

    [Fact]
    public void A_device_is_anomalous_until_its_last_alarm_ends()
    {
        Raise("pump-1", "a1", "vibration", Start);
        Raise("pump-1", "a2", "low-flow", Start);
        Clear("pump-1", "a1", Start);
        Assert.Contains("pump-1", _state.OpenAlarms.Keys);
        Clear("pump-1", "a2", Start);
        Assert.Empty(_state.OpenAlarms);
    }

    [Fact]
    public void A_repeated_fact_changes_nothing()
    {
        Raise("pump-1", "a1", "vibration", Start);
        Clear("pump-1", "a1", Start);
        Assert.False(SiteReasoner.Hear(_state, new SiteFact("pump-1", 1, 1, Alarm("a1", "vibration", raised: true))));
        Assert.Empty(_state.OpenAlarms);
    }

    [Fact]
    public void A_run_that_begins_leaves_no_alarm_of_the_one_before()
    {
        Raise("pump-1", "a1", "vibration", Start);
        SiteReasoner.Hear(_state, new SiteFact("pump-1", 1, ++_sequence, null));
        Assert.Empty(_state.OpenAlarms);
    }

    [Fact]
    public void A_device_that_lost_its_disk_begins_anew()
    {
        Raise("pump-1", "a1", "vibration", Start);
        Assert.True(SiteReasoner.Hear(_state, new SiteFact("pump-1", 2, 1, Alarm("b1", "low-flow", raised: true))));
        Assert.Equal(["b1"], _state.OpenAlarms["pump-1"].Keys);
    }

    [Fact]
    public void A_device_that_is_silent_is_no_part_of_an_incident()
    {
        Raise("pump-1", "a1", "vibration", Start);
        Raise("pump-2", "a2", "vibration", Start);
        Assert.Null(SiteReasoner.Consider(_state, new HashSet<string> { "pump-2" }, _options, Start.AddSeconds(1)));
        Assert.Equal(1, SiteReasoner.Consider(_state, new HashSet<string> { "pump-2" }, _options, Start.AddSeconds(31))?.Boost);
        Assert.Equal(4, SiteReasoner.Consider(_state, NoneSilent, _options, Start.AddSeconds(32))?.Boost);
    }

    private SiteDecision? Raise(string device, string alarm, string rule, DateTimeOffset now) => Hear(device, Alarm(alarm, rule, raised: true), now);

    private SiteDecision? Clear(string device, string alarm, DateTimeOffset now) => Hear(device, Alarm(alarm, "", raised: false), now);

    private SiteDecision? Hear(string device, AlarmEvent alarm, DateTimeOffset now)
    {
        Assert.True(SiteReasoner.Hear(_state, new SiteFact(device, 1, ++_sequence, alarm)));
        return SiteReasoner.Consider(_state, NoneSilent, _options, now);
    }

    private static AlarmEvent Alarm(string id, string rule, bool raised) =>
        new() { AlarmId = id, RunId = "run", RuleId = rule, Raised = raised, Severity = "warning", TimestampUs = 0 };
}
