using System.IO.Enumeration;
using System.Security.Cryptography;
using System.Text;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Which runs are kept out of the fit. A run's part is settled once and remembered (learning.db), so that
/// what a parent learnt from never becomes what it is judged on.</summary>
internal static class RunSplit
{
    /// <summary>One run of so many is held out.</summary>
    private const int HeldOutOf = 4;

    /// <summary>One run of so many judges the epochs of a fit.</summary>
    private const int ValidationOf = 8;

    /// <summary>Parts of the runs that have none yet, in the order of their hashes: any hub that meets the same runs
    /// at once splits them alike, and shares hold from few runs on.</summary>
    /// <param name="groups">Runs that stay together, most of them alone; one that comes late takes the part of the others.</param>
    public static IReadOnlyDictionary<string, RunPart> Assign(
        IReadOnlyDictionary<string, RunPart> known, IEnumerable<IReadOnlyCollection<string>> groups)
    {
        var assigned = new Dictionary<string, RunPart>(StringComparer.Ordinal);
        var total = known.Count;
        var heldOut = known.Values.Count(part => part == RunPart.HeldOut);
        var validation = known.Values.Count(part => part == RunPart.Validation);
        foreach (var group in groups.OrderBy(group => Hash(group.Min(StringComparer.Ordinal)!), StringComparer.Ordinal))
        {
            var runs = group.Where(run => !known.ContainsKey(run) && !assigned.ContainsKey(run)).Distinct().ToList();
            total += runs.Count;
            var part = group.Any(known.ContainsKey) ? Settled(group.Where(known.ContainsKey), known)
                : heldOut < total / HeldOutOf ? RunPart.HeldOut : validation < total / ValidationOf ? RunPart.Validation : RunPart.Fit;
            if (part == RunPart.HeldOut) heldOut += runs.Count;
            if (part == RunPart.Validation) validation += runs.Count;
            foreach (var run in runs) assigned.Add(run, part);
        }

        return assigned;
    }

    /// <summary>The part of runs that stay together in one training: patterns (<c>*</c> stands for any characters) name
    /// the held-out runs instead of the remembered split, and with a run all that stay with it.</summary>
    public static RunPart PartOf(
        IReadOnlyCollection<string> group, IReadOnlyDictionary<string, RunPart> remembered, IReadOnlyList<string> patterns)
    {
        var settled = Settled(group, remembered);
        if (patterns.Count == 0) return settled;
        if (group.Any(IsNamed)) return RunPart.HeldOut;
        return settled == RunPart.HeldOut ? RunPart.Fit : settled;

        bool IsNamed(string run) => patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, run, ignoreCase: false));
    }

    /// <summary>What a fit has learnt from stays what fits learn from, whatever the others were.</summary>
    private static RunPart Settled(IEnumerable<string> group, IReadOnlyDictionary<string, RunPart> parts) => group.Min(run => parts[run]);

    private static string Hash(string runId) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(runId)));
}
