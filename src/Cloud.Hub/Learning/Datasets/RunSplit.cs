using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Which runs, and blocks of runs that go on (<see cref="RunBlocks"/>), are kept out of the fit. A part is settled once and remembered
/// (learning.db), so that what a parent learnt from never becomes what it is judged on.</summary>
internal static class RunSplit
{
    /// <summary>Parts of the runs and blocks that have none yet, in the order of their hashes: any hub that meets the same ones
    /// at once splits them alike, and shares hold from few on.</summary>
    /// <param name="groups">One that comes late takes the part of the others of its group. Those with faults are shared out by themselves, since a
    /// held-out test without a fault shows nothing, and the first of each kind of fault is learnt from.</param>
    public static IReadOnlyDictionary<string, RunPart> Assign(IReadOnlyDictionary<string, RunPart> known, IReadOnlyCollection<SplitGroup> groups)
    {
        var assigned = new Dictionary<string, RunPart>(StringComparer.Ordinal);
        var faults = groups.Where(static group => group.Fault is not null)
            .SelectMany(static group => group.Names, static (group, name) => (group.Fault, name)).DistinctBy(static pair => pair.name)
            .ToDictionary(static pair => pair.name, static pair => pair.Fault, StringComparer.Ordinal);
        var counts = new SplitCounts();
        foreach (var (name, part) in known) counts.Add(faults.GetValueOrDefault(name), part, 1);
        foreach (var group in groups.OrderBy(group => Hash(group.Names.Min(StringComparer.Ordinal)!), StringComparer.Ordinal))
        {
            var names = group.Names.Where(run => !known.ContainsKey(run) && !assigned.ContainsKey(run)).Distinct().ToList();
            var part = group.Names.Any(known.ContainsKey) ? Settled(group.Names.Where(known.ContainsKey), known)
                : counts.Next(group.Fault, names.Count);
            counts.Add(group.Fault, part, names.Count);
            foreach (var name in names) assigned.Add(name, part);
        }

        return assigned;
    }

    /// <summary>The part of runs that stay together, or of a block, in one training: patterns (<c>*</c> stands for any characters) name
    /// the held-out runs instead of the remembered split, and with a run all that stay with it.</summary>
    /// <param name="group">Names as they are remembered.</param>
    /// <param name="runs">The runs that these are, or are blocks of.</param>
    public static RunPart PartOf(
        IReadOnlyCollection<string> group, IEnumerable<string> runs, IReadOnlyDictionary<string, RunPart> remembered, IReadOnlyList<string> patterns)
    {
        var settled = Settled(group, remembered);
        if (patterns.Count == 0) return settled;
        if (runs.Any(IsNamed)) return RunPart.HeldOut;
        return settled == RunPart.HeldOut ? RunPart.Fit : settled;

        bool IsNamed(string run) => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, run, ignoreCase: false));
    }

    /// <summary>What a fit has learnt from stays what fits learn from, whatever the others were.</summary>
    private static RunPart Settled(IEnumerable<string> group, IReadOnlyDictionary<string, RunPart> parts) => group.Min(run => parts[run]);

    private static string Hash(string runId) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(runId)));
}
