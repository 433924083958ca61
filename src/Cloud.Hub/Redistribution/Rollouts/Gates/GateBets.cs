using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>Lays what devices did since the last look on the bets of each group's gate. Pure.</summary>
internal static class GateBets
{
    /// <summary>No device may be ahead of the group's median by more than this factor, beyond a start: what
    /// floods is thinned out, and no single device decides for many.</summary>
    private const double AheadAtMost = 2;

    /// <summary>How many limits above the control a device's own share counts in full, …</summary>
    private const double OutlierLimits = 4;

    /// <summary>… and so much at least.</summary>
    private const double LeastOutlier = 0.25;

    /// <summary>Episodes that every device may be ahead.</summary>
    private const double Start = 20;

    public static RolloutState Take(RolloutState rollout, FleetSeen seen)
    {
        if (rollout.State == RolloutState.Restoring) return rollout;
        var judged = Enumerable.Range(0, rollout.Groups.Count)
            .Where(i => rollout.Groups[i].State is GroupState.Deploying or GroupState.Observing or GroupState.Passed).ToList();
        if (judged.Count == 0) return rollout;
        var devices = rollout.Devices.ToArray();
        var tests = judged.ToDictionary(static i => i, i => new Dictionary<string, MetricTest>(rollout.Groups[i].Tests, StringComparer.Ordinal));
        var control = rollout.Control;
        Pools? others = null;
        // The group that is still to be decided comes first, and those that have passed are compared
        // with what it was: each window of the control counts once.
        foreach (var i in judged.OrderBy(i => rollout.Groups[i].IsDecided))
        {
            TakeAlone(rollout, i, seen, devices, tests[i]);
            if (!rollout.Groups[i].IsDecided || others is not null || judged.All(other => rollout.Groups[other].IsDecided))
                others = TakeCompared(rollout, i, seen, devices, tests[i], others, ref control) ?? others;
            TakeTruth(rollout, i, seen, devices, tests[i]);
        }

        if (!devices.Where((device, i) => !ReferenceEquals(device, rollout.Devices[i])).Any()) return rollout;
        var groups = rollout.Groups.ToArray();
        foreach (var (i, of) in tests) groups[i] = groups[i] with { Tests = of };
        return rollout with { Devices = devices, Groups = groups, Control = control };
    }

    private static void TakeAlone(RolloutState rollout, int index, FleetSeen seen, DeviceState[] devices, Dictionary<string, MetricTest> tests)
    {
        var (gate, metrics) = (rollout.Request.Gate, GateMetric.Of(rollout));
        var sums = new Dictionary<string, SliceShares>(StringComparer.Ordinal);
        var most = MostWindows(rollout, index);
        for (var i = 0; i < devices.Length; i++)
        {
            var device = devices[i];
            if (device.Group != index || !device.Told) continue;
            var judged = device.Judged ?? JudgedWork.Nothing;
            var truth = seen.Truth.GetValueOrDefault(device.DeviceId);
            var failed = device.HasFailed ? true : device.State == SlotState.Committed ? false : judged.Failed;
            var (alone, known) = (device.Touched ? device.Sum : judged.Alone, truth.Labelled > 0 ? truth : judged.Truth);
            // Most devices of a large group have said nothing since the last look.
            if (failed == judged.Failed && known == judged.Truth && alone == judged.Alone && device.Shadow == judged.Shadow) continue;
            var next = judged with { Alone = alone, Shadow = device.Shadow, Failed = failed, Truth = known };
            devices[i] = device with { Judged = next };
            var evidence = next.Alone is { } sum ? sum.Since(judged.Alone) : new EvidenceSum();
            var work = new Work(
                evidence, device.Before, ShadowSince(device.Shadow, judged.Shadow),
                (truth - judged.Truth.GetValueOrDefault()) is { IsMore: true } more ? more : default, failed == judged.Failed ? null : failed,
                gate.WindowsPerEpisode);
            var weight = Weight(evidence.Windows, judged.Alone?.Windows ?? 0, most);
            foreach (var metric in metrics)
            {
                if (metric.IsCompared || metric.Read(work) is not { } share) continue;
                if (!sums.TryGetValue(metric.Name, out var shares)) sums[metric.Name] = shares = new SliceShares();
                shares.Add(share * (metric.Name == GateLimits.ModelFailures ? 1 : weight), SlicesOf(device, seen));
            }
        }

        // The logarithm of a stake grows by as much for each trial alike: one bet on the sum is all of them.
        foreach (var metric in metrics)
        {
            if (!sums.TryGetValue(metric.Name, out var shares)) continue;
            var limit = gate.LimitOf(metric.Name);
            var test = tests.GetValueOrDefault(metric.Name) ?? new MetricTest();
            foreach (var (slice, share) in shares.All)
            {
                Wager Bet(Wager wager) =>
                    metric.Kind == MetricKind.Paired
                        ? wager.BetPairs(share.Trials, share.Hits, share.Misses, limit) : wager.Bet(share.Trials, share.Hits, limit);
                test = slice == Pools.Whole ? test.OnWhole(Bet) : test.OnSlice(slice, Bet);
            }

            tests[metric.Name] = test;
        }
    }

    /// <summary>Group against control, over the same time. While a control that can speak has said nothing, the group's work waits.</summary>
    /// <param name="known">What the control showed, when another group was held against it already.</param>
    /// <returns>What the control showed; null: nothing was compared.</returns>
    private static Pools? TakeCompared(
        RolloutState rollout, int index, FleetSeen seen, DeviceState[] devices, Dictionary<string, MetricTest> tests, Pools? known,
        ref EvidenceSum pool)
    {
        var control = new GateControl(rollout, index, seen);
        var metrics = GateMetric.Of(rollout);
        var (group, others) = (new Pools(), known ?? new Pools());
        var most = MostWindows(rollout, index);
        var (episode, pooled) = (rollout.Request.Gate.WindowsPerEpisode, pool);
        var next = new JudgedWork?[devices.Length];
        for (var i = 0; i < devices.Length; i++)
        {
            var (device, judged) = (devices[i], devices[i].Judged ?? JudgedWork.Nothing);
            if (device.Group == index && device.Told && device.Touched && device.Sum is { } sum && sum.Reports > (judged.Compared?.Reports ?? 0))
            {
                var evidence = sum.Since(judged.Compared);
                group.Add(
                    metrics, new Work(evidence, null, null, default, null, episode), SlicesOf(device, seen),
                    Weight(evidence.Windows, judged.Compared?.Windows ?? 0, most));
                next[i] = judged with { Compared = sum };
            }
            else if (known is null && device.Before is { } shown && shown.Reports > (judged.Control?.Reports ?? 0) && control.Includes(device))
            {
                var evidence = shown.Since(judged.Control);
                others.Add(metrics, new Work(evidence, null, null, default, null, episode), SlicesOf(device, seen), 1);
                pooled = pooled.Plus(evidence);
                next[i] = judged with { Control = shown };
            }
        }

        if (group.IsEmpty) return null;
        if (others.IsEmpty)
        {
            if (control.CanSpeak) return null;
            others = Standing(rollout, index, episode);
            if (others.IsEmpty) TakePromised(rollout, index, group, tests);
        }

        for (var i = 0; i < devices.Length; i++)
        {
            if (next[i] is { } judged) devices[i] = devices[i] with { Judged = judged };
        }

        Compare(rollout, group, others, control, tests);
        pool = pooled;
        return others;
    }

    /// <summary>Nobody is left that has the old model: what others showed with it earlier in this rollout
    /// stands in, or else what the group's own devices did.</summary>
    private static Pools Standing(RolloutState rollout, int index, double episode)
    {
        var pools = new Pools();
        var earlier = rollout.Control.Reports > 0 ? rollout.Control
            : rollout.Devices.Where(device => device.Group == index && device.Before is not null)
                .Aggregate(new EvidenceSum(), static (sum, device) => sum.Plus(device.Before!));
        if (earlier.Reports > 0) pools.Add(GateMetric.Of(rollout), new Work(earlier, null, null, default, null, episode), [], 1);
        return pools;
    }

    /// <summary>A first model, with nobody to compare it with: it must not alarm much more than it did in its own held-out test, and nobody
    /// promises starts of the agent. One device alone may be an ill machine: its alarms count as no more than the limit, so that they prove no
    /// harm, and let nothing pass while it is so.</summary>
    private static void TakePromised(RolloutState rollout, int index, Pools group, Dictionary<string, MetricTest> tests)
    {
        foreach (var metric in GateMetric.Of(rollout))
        {
            if (PromiseOf(metric, rollout) is not { } promised) continue;
            var limit = rollout.Request.Gate.LimitOf(metric.Name);
            var isAlone = rollout.Devices.Count(device => device.Group == index && device is { Touched: true, Sum.Windows: > 0 }) < 2;
            var shown = group.Of(metric, isAlone && metric.IsOfMachine ? Math.Min(1, promised + limit) : 1);
            var test = (tests.GetValueOrDefault(metric.Name) ?? new MetricTest()).OnWhole(wager => Bet(wager, shown[Pools.Whole]));
            foreach (var slice in shown.Slices) test = test.OnSlice(slice, wager => Bet(wager, shown[slice]));
            tests[metric.Name] = test;

            Wager Bet(Wager wager, Share mine) =>
                mine.Trials > 0 ? wager.BetSamples(mine.Trials, mine.Hits / mine.Trials, mine.Trials, promised, limit) : wager;
        }
    }

    private static double? PromiseOf(GateMetric metric, RolloutState rollout) =>
        metric.Kind == MetricKind.Promised ? rollout.PromisedAlarms : metric.Name == GateLimits.Restarts ? 0 : null;

    private static void Compare(RolloutState rollout, Pools group, Pools others, GateControl control, Dictionary<string, MetricTest> tests)
    {
        foreach (var metric in GateMetric.Of(rollout))
        {
            if (metric.Kind != MetricKind.Difference) continue;
            var limit = rollout.Request.Gate.LimitOf(metric.Name);
            var known = others.Of(metric);
            if (known[Pools.Whole] is not { Trials: > 0 } all) continue;
            var most = metric.IsOfMachine ? (all.Hits / all.Trials) + Math.Max(LeastOutlier, OutlierLimits * limit) : 1;
            var shown = group.Of(metric, most);
            if (shown[Pools.Whole] is not { Trials: > 0 } whole) continue;
            var test = (tests.GetValueOrDefault(metric.Name) ?? new MetricTest()).OnWhole(wager => Bet(wager, whole, all));
            var begun = test.Slices.Select(static slice => slice.Slice).Where(known.Has);
            foreach (var slice in shown.Slices.Where(slice => known.Has(slice) || control.CanSpeakOf(slice)).Union(begun).ToList())
                test = test.OnSlice(slice, shown[slice], known[slice], Bet);
            tests[metric.Name] = test;

            Wager Bet(Wager wager, Share mine, Share other) =>
                wager.BetSamples(mine.Trials, mine.Hits / mine.Trials, other.Trials, other.Hits / other.Trials, limit);
        }
    }

    /// <summary>What people say of the new model's answers against what they say of the old one's: on devices
    /// that still have it, and on the group's own, before.</summary>
    private static void TakeTruth(RolloutState rollout, int index, FleetSeen seen, DeviceState[] devices, Dictionary<string, MetricTest> tests)
    {
        if (seen.Truth.Count == 0 || seen.OtherTruth.Count == 0) return;
        var control = new GateControl(rollout, index, seen);
        var (group, others) = (new Pools(), new Pools());
        var next = new JudgedWork?[devices.Length];
        for (var i = 0; i < devices.Length; i++)
        {
            var (device, judged) = (devices[i], devices[i].Judged ?? JudgedWork.Nothing);
            var (truth, other) = (seen.Truth.GetValueOrDefault(device.DeviceId), seen.OtherTruth.GetValueOrDefault(device.DeviceId));
            var isMember = device.Group == index && device.Told;
            if (truth == judged.TruthCompared.GetValueOrDefault() && other == judged.OtherTruth.GetValueOrDefault()) continue;
            if (!isMember && !control.Includes(device)) continue;
            Add(isMember ? group : null, truth - judged.TruthCompared.GetValueOrDefault(), device);
            Add(others, other - judged.OtherTruth.GetValueOrDefault(), device);
            next[i] = judged with { TruthCompared = isMember ? truth : judged.TruthCompared, OtherTruth = other };
        }

        // One side without the other says nothing yet.
        if (group.IsEmpty || others.IsEmpty) return;
        for (var i = 0; i < devices.Length; i++)
        {
            if (next[i] is { } judged && judged != devices[i].Judged) devices[i] = devices[i] with { Judged = judged };
        }

        Compare(rollout, group, others, control, tests);

        void Add(Pools? pools, TruthCounts more, DeviceState device)
        {
            if (more.IsMore)
                pools?.Add(
                    GateMetric.Of(rollout), new Work(new EvidenceSum(), null, null, more, null, rollout.Request.Gate.WindowsPerEpisode),
                    SlicesOf(device, seen), 1);
        }
    }

    private static double MostWindows(RolloutState rollout, int index)
    {
        var answered = rollout.Devices.Where(device => device.Group == index && device is { Touched: true, Sum: not null })
            .Select(static device => device.Sum!.Windows).Order().ToList();
        var median = answered.Count == 0 ? 0 : answered[(answered.Count - 1) / 2];
        return (AheadAtMost * median) + (Start * rollout.Request.Gate.WindowsPerEpisode);
    }

    /// <summary>How much of what is new counts.</summary>
    private static double Weight(long windows, long counted, double most) => windows <= 0 ? 1 : Math.Clamp((most - counted) / windows, 0, 1);

    private static IReadOnlyList<string> SlicesOf(DeviceState device, FleetSeen seen) =>
        seen.Devices.TryGetValue(device.DeviceId, out var twin) ? twin.Slices : [];

    private static ShadowEvidence? ShadowSince(ShadowEvidence? now, ShadowEvidence? earlier)
    {
        if (now is null || earlier is null) return now;
        return now.Compared <= earlier.Compared ? null : now with
        {
            Compared = now.Compared - earlier.Compared, Disagreed = now.Disagreed - earlier.Disagreed,
            ShadowAlarms = now.ShadowAlarms - earlier.ShadowAlarms,
            ShadowInvalid = now.ShadowInvalid - earlier.ShadowInvalid, ActiveAlarms = now.ActiveAlarms - earlier.ActiveAlarms,
        };
    }
}
