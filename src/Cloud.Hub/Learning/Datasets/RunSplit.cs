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
    public static IReadOnlyDictionary<string, RunPart> Assign(IReadOnlyDictionary<string, RunPart> known, IEnumerable<string> runIds)
    {
        var assigned = new Dictionary<string, RunPart>(StringComparer.Ordinal);
        var total = known.Count;
        var heldOut = known.Values.Count(part => part == RunPart.HeldOut);
        var validation = known.Values.Count(part => part == RunPart.Validation);
        foreach (var run in runIds.Distinct().Where(run => !known.ContainsKey(run)).OrderBy(Hash, StringComparer.Ordinal))
        {
            total++;
            var part = heldOut < total / HeldOutOf ? RunPart.HeldOut : validation < total / ValidationOf ? RunPart.Validation : RunPart.Fit;
            if (part == RunPart.HeldOut) heldOut++;
            if (part == RunPart.Validation) validation++;
            assigned.Add(run, part);
        }

        return assigned;
    }

    /// <summary>The part of a run in one training: patterns (<c>*</c> stands for any characters) name
    /// the held-out runs instead of the remembered split.</summary>
    public static RunPart PartOf(string runId, RunPart remembered, IReadOnlyList<string> patterns)
    {
        if (patterns.Count == 0) return remembered;
        if (patterns.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, runId, ignoreCase: false))) return RunPart.HeldOut;
        return remembered == RunPart.HeldOut ? RunPart.Fit : remembered;
    }

    private static string Hash(string runId) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(runId)));
}
