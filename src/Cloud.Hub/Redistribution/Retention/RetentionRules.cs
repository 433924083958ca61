using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Retention;

/// <summary>What stays: everything that something refers to, all that those came from or consist
/// of, what is young, and the newest releases. Pure.</summary>
internal static class RetentionRules
{
    /// <param name="references">Digests and target paths that devices, rollouts and signed metadata name.</param>
    /// <param name="needs">What an artefact itself needs: a model its parent, a bundle its parts.</param>
    /// <returns>Digests that must stay.</returns>
    public static IReadOnlySet<string> Kept(
        IReadOnlyCollection<ArtefactEntry> entries, IReadOnlySet<string> references, Func<string, IEnumerable<string>> needs, DateTimeOffset now,
        TimeSpan keepFor, int keepReleases)
    {
        var byDigest = entries.ToDictionary(static entry => entry.Digest, StringComparer.Ordinal);
        var open = new Stack<string>(
            entries.Where(entry => references.Contains(entry.Digest) || references.Contains(entry.TargetPath) || now - entry.AddedAt < keepFor)
                .Select(static entry => entry.Digest));
        foreach (var releases in entries.GroupBy(static entry => (entry.Kind, entry.Name)))
        {
            foreach (var entry in releases.OrderByDescending(static entry => entry.Release).Take(keepReleases)) open.Push(entry.Digest);
        }

        var kept = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryPop(out var digest))
        {
            if (!byDigest.ContainsKey(digest) || !kept.Add(digest)) continue;
            foreach (var needed in needs(digest)) open.Push(needed);
        }

        return kept;
    }
}
