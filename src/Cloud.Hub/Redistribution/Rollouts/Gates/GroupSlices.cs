using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What a group waits for though all of its own figures are there: parts of it that are hardly known yet, or in doubt. Pure.</summary>
internal static class GroupSlices
{
    /// <summary>A slice of a group is known once it has shown so much.</summary>
    private const double Trials = 20;

    /// <summary>So many maximum waits a group waits for a slice whose devices have begun: a machine that stands still is
    /// no reason to let all others of its kind have the model unseen.</summary>
    private const double Waits = 2;

    /// <summary>It still waits for them.</summary>
    public static bool AreAwaited(GroupLook look) => look.Waited < (Waits * look.Gate.MaximumWait) + look.Comparing;

    public static Holdup? Open(GroupLook look) => Uncleared(look) ?? Unseen(look) ?? look.Lone.Open ?? Doubted(look);

    /// <summary>A device that was called to show a slice, and has not yet.</summary>
    private static Holdup? Uncleared(GroupLook look) =>
        GroupReserves.Awaited(look.Rollout, look.Told, look.Seen) is { } one
            ? new Holdup(
                "no-data",
                $"{GateWords.Number((one.Judged?.Compared?.Windows ?? 0) / look.Gate.WindowsPerEpisode)} of {GateWords.Number(GroupReserves.DeviceTrials)} trials of {one.DeviceId}, called for {one.Called!.Slice}")
            : null;

    /// <summary>A part of the group that has begun and is hardly known yet, though there are devices to compare it with.</summary>
    private static Holdup? Unseen(GroupLook look)
    {
        if (!look.Group.Tests.TryGetValue(GateLimits.AlarmRate, out var test)) return null;
        var enough = Math.Min(Trials, 0.99 * test.Whole.Trials);
        var least = Shown(look, test).Where(slice => slice.Value < enough && test.Takes(slice.Key) && look.Control.CanSpeakOf(slice.Key))
            .OrderBy(static slice => slice.Value).FirstOrDefault();
        return least.Key is null
            ? null : new Holdup("no-data", $"{GateWords.Number(least.Value)} of {GateWords.Number(Trials)} trials of {least.Key}");
    }

    /// <summary>Trials of each slice that has begun.</summary>
    private static Dictionary<string, double> Shown(GroupLook look, MetricTest test)
    {
        var shown = test.Slices.ToDictionary(static slice => slice.Slice, static slice => slice.Wager.Trials, StringComparer.Ordinal);
        // Answers on the same windows tell more of a slice than those of other devices.
        foreach (var pairs in look.Group.Tests.GetValueOrDefault(GateLimits.ShadowAlarms)?.Slices ?? [])
            shown[pairs.Slice] = Math.Max(shown.GetValueOrDefault(pairs.Slice), pairs.Wager.Trials);
        foreach (var device in look.Told)
        {
            if (!device.HasSpoken || device.HasEnded || !look.Seen.Devices.TryGetValue(device.DeviceId, out var twin) || !twin.Online) continue;
            foreach (var slice in twin.Slices) shown.TryAdd(slice, 0);
        }

        return shown;
    }

    private static Holdup? Doubted(GroupLook look) => look.Evidence.Metrics.Where(static metric => !GateExcess.IsEnded(metric))
        .Select(metric => GateExcess.Doubted(look.Tests[metric.Name], metric, GroupReserves.Doubt)).FirstOrDefault(static doubt => doubt is not null);
}
