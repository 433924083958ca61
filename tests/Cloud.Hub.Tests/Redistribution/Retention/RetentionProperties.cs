using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Retention;
using FsCheck.Xunit;
using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Tests.Redistribution.Retention;

public class RetentionProperties
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddDays(20_000);
    private static readonly TimeSpan KeepFor = TimeSpan.FromDays(30);

    [Property(MaxTest = 500)]
    public void Nothing_that_is_referred_to_young_new_or_needed_by_what_stays_goes_and_all_else_does(int seed)
    {
        var random = new Random(seed);
        var entries = Enumerable.Range(0, random.Next(1, 40)).Select(i => new ArtefactEntry(
            Digest(i), (ArtefactKind)random.Next(6), $"n{random.Next(3)}", i + 1, 1, HardwareClass.AnyOnly, Now.AddDays(-random.Next(60)), "test",
            random.Next(5) == 0)).ToList();
        var needs = entries.ToDictionary(
            static entry => entry.Digest, _ => Enumerable.Range(0, random.Next(3)).Select(_ => Digest(random.Next(45))).ToArray());
        var references = Enumerable.Range(0, random.Next(4)).Select(_ => entries[random.Next(entries.Count)])
            .Select(entry => random.Next(2) == 0 ? entry.Digest : entry.TargetPath).ToHashSet();
        var keepReleases = random.Next(1, 4);
        var kept = RetentionRules.Kept(entries, references, digest => needs[digest], Now, KeepFor, keepReleases);

        bool IsRoot(ArtefactEntry entry) =>
            references.Contains(entry.Digest) || references.Contains(entry.TargetPath) || Now - entry.AddedAt < KeepFor
            || entries.Count(other => other.Kind == entry.Kind && other.Name == entry.Name && other.Release > entry.Release) < keepReleases;
        // The judge: the smallest set that has every root and with each its needs, by going round until nothing is added.
        var expected = entries.Where(IsRoot).Select(static entry => entry.Digest).ToHashSet();
        for (var before = -1; before != expected.Count;)
        {
            before = expected.Count;
            expected.UnionWith(
                expected.ToList().SelectMany(digest => needs[digest]).Where(digest => entries.Exists(entry => entry.Digest == digest)));
        }

        Assert.True(expected.SetEquals(kept), $"seed {seed}: expected {expected.Count}, kept {kept.Count}");
    }

    private static string Digest(int number) => $"sha256:{number:x64}";
}
