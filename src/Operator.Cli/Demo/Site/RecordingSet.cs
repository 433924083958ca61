namespace Operator.Cli.Demo.Site;

/// <summary>Which recordings a site lives through, and which ones only judge it.</summary>
/// <param name="Source">For people: where the recordings come from.</param>
/// <param name="Healthy">A long run without faults, cut among the devices for their acceptance runs.</param>
/// <param name="Unseen">One per device; no training round sees them, their labels are never sent to the hub.</param>
/// <param name="HoldOut">What the devices live through with labels and no fit may see: the hub's own
/// test, and what is played while a rollout is watched.</param>
/// <param name="Training">What the devices live through with late labels.</param>
internal sealed record RecordingSet(
    string Source, Recording Healthy, IReadOnlyList<Recording> Unseen, IReadOnlyList<Recording> HoldOut, IReadOnlyList<Recording> Training)
{
    private const int EveryNthHeldOut = 3;

    /// <summary>Experiments in ordinal order of their path; the devices' unseen ones are spread evenly over that
    /// order, every third of the rest is held out from training.</summary>
    /// <exception cref="InvalidOperationException">Too few recordings, or no healthy one.</exception>
    public static RecordingSet Read(string source, string folder, int devices)
    {
        var healthy = Directory.EnumerateFiles(Path.Combine(folder, "anomaly-free"), "*.csv").Order(StringComparer.Ordinal).FirstOrDefault()
            ?? throw new InvalidOperationException($"{folder}/anomaly-free holds no recording");
        var experiments = Directory.EnumerateDirectories(folder)
            .Where(group => Path.GetFileName(group) is not ("anomaly-free" or "published"))
            .SelectMany(group => Directory.EnumerateFiles(group, "*.csv"))
            .Order(StringComparer.Ordinal)
            .Select(Recording.Read)
            .ToList();
        if (experiments.Count < 2 * devices)
            throw new InvalidOperationException($"{folder} holds {experiments.Count} experiments; {devices} devices need {2 * devices}");
        var unseen = Enumerable.Range(0, devices).Select(device => ((2 * device) + 1) * experiments.Count / (2 * devices)).ToHashSet();
        var lived = experiments.Where((_, index) => !unseen.Contains(index)).ToList();
        return new RecordingSet(
            source,
            Recording.Read(healthy),
            [.. experiments.Where((_, index) => unseen.Contains(index))],
            [.. lived.Where((_, index) => index % EveryNthHeldOut == EveryNthHeldOut - 1)],
            [.. lived.Where((_, index) => index % EveryNthHeldOut != EveryNthHeldOut - 1)]);
    }
}
