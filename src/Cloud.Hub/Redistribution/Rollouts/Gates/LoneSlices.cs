using System.Globalization;
using Cloud.Hub.Redistribution.Rollouts.Evidence;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>Slices of a group that speak against the model by one device alone: that device's machine may be ill, or be one that
/// always alarms more, and its own windows, however many, cannot tell that from the model. Pure.</summary>
/// <remarks>
/// Other devices can. A second one of the slice that is above the limit too makes it a slice. Until then it counts for
/// nothing in the bets, and the group waits, unless one that is within the limit at 95 % certainty clears it; when the wait
/// is over, the device is ranked among those that kept the old model: under the
/// claim that the model adds no more than its limit it is one of them, so that with n of them the
/// chance that at most k show as much is (k + 1)/(n + 1) (Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World, 2005).
/// </remarks>
internal sealed class LoneSlices
{
    private readonly List<Lone> _lone = [];
    private readonly List<DeviceState> _told;
    private readonly RolloutState _rollout;
    private readonly GateControl _control;

    /// <param name="told">Devices of the group that were told.</param>
    /// <param name="doubt">From these odds on a slice speaks.</param>
    public LoneSlices(RolloutState rollout, int index, List<DeviceState> told, FleetSeen seen, double doubt)
    {
        (_rollout, _told, _control) = (rollout, told, new GateControl(rollout, index, seen));
        Tests = rollout.Groups[index].Tests;
        foreach (var metric in GateMetric.Of(rollout))
        {
            if (!metric.IsOfMachine || !Tests.TryGetValue(metric.Name, out var test)) continue;
            var speaking = test.Slices.Where(slice => slice.Wager.Odds >= doubt).ToList();
            if (speaking.Count == 0) continue;
            var lone = speaking.Select(slice => Find(metric, slice, seen)).OfType<Lone>().ToList();
            if (lone.Count == 0) continue;
            _lone.AddRange(lone.Where(static one => !one.IsCleared));
            Tests = new Dictionary<string, MetricTest>(Tests)
            {
                [metric.Name] = test.Without(lone.Select(static one => one.Slice.Slice).ToHashSet(StringComparer.Ordinal)),
            };
        }
    }

    /// <summary>The group's tests by metric, in which such slices say nothing.</summary>
    public IReadOnlyDictionary<string, MetricTest> Tests { get; }

    /// <summary>What is still to be found out; null: nothing.</summary>
    public Holdup? Open => _lone.FirstOrDefault() is { } one
        ? new Holdup("no-data", $"{Describe(one)}; more windows, or another device of it, decide") : null;

    /// <summary>What the rank among the control says at last; null: nothing.</summary>
    /// <param name="level">How often a model within its limits may be found so, over all devices of the group: each might have stood out.</param>
    public Holdup? Verdict(double level)
    {
        foreach (var one in _lone)
        {
            var known = _told.Count(device => ShareOf(one.Metric, device.Judged?.Compared, device.Judged?.TruthCompared) is not null);
            var others = _rollout.Devices.Where(_control.Includes)
                .Select(device => ShareOf(one.Metric, device.Judged?.Control, device.Judged?.OtherTruth)).OfType<double>().ToList();
            var alike = others.Count(other => other >= one.Share - _rollout.Request.Gate.LimitOf(one.Metric.Name));
            if ((alike + 1.0) / (others.Count + 1) <= level / Math.Max(1, known))
                return new Holdup(
                    one.Metric.Name, $"{Describe(one)}; {alike} of {Counted.Of(others.Count, "device")} with the old model showed as much");
        }

        return null;
    }

    /// <summary>Null: two devices of the slice or more are above the limit.</summary>
    private Lone? Find(GateMetric metric, SliceWager slice, FleetSeen seen)
    {
        var most = (slice.Wager.Reference / Math.Max(slice.Wager.Trials, 1e-9)) + _rollout.Request.Gate.LimitOf(metric.Name);
        var known = _told
            .Where(device => seen.Devices.TryGetValue(device.DeviceId, out var twin) && twin.Slices.Contains(slice.Slice))
            .Select(device => (device.DeviceId, Shown: Known(metric, device.Judged?.Compared, device.Judged?.TruthCompared)))
            .Where(static device => device.Shown is not null)
            .Select(static device => (device.DeviceId, Share: device.Shown!.Value.Hits / device.Shown.Value.Trials, device.Shown.Value.Trials))
            .OrderByDescending(static device => device.Share).ToList();
        if (known.Count > 1 && known[1].Share > most) return null;
        var isCleared = known.Exists(device => ScoreInterval.Upper(device.Share, device.Trials) <= most);
        return known.Count > 0 && known[0].Share > most
            ? new Lone(metric, slice, known[0].DeviceId, known[0].Share, isCleared) : new Lone(metric, slice, null, 0, isCleared);
    }

    private double? ShareOf(GateMetric metric, EvidenceSum? evidence, TruthCounts? truth) =>
        Known(metric, evidence, truth) is { } share ? share.Hits / share.Trials : null;

    private Share? Known(GateMetric metric, EvidenceSum? evidence, TruthCounts? truth) =>
        metric.Read(new Work(evidence ?? new EvidenceSum(), null, null, truth ?? default, null, _rollout.Request.Gate.WindowsPerEpisode)) is { } share
        && share.Trials >= GroupReserves.DeviceTrials ? share : null;

    private static string Describe(Lone one) => string.Create(
        CultureInfo.InvariantCulture,
        $"{one.Metric.Name} of {one.Slice.Slice} {one.Slice.Wager.Value:0.0 %}, by {(one.DeviceId is { } id ? $"{id} alone" : "no device alone yet")}");

    /// <param name="IsCleared">Another device of the slice is within the limit at 95 % certainty: the machine stands out, not the slice.</param>
    private sealed record Lone(GateMetric Metric, SliceWager Slice, string? DeviceId, double Share, bool IsCleared);
}
