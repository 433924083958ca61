using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Training;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Studies;

/// <summary>A set cut for a study: groups (people, batches) that the parent knows, and groups it has never seen,
/// each with windows that may be labelled and others that judge.</summary>
/// <param name="Known">As recorded, and copies.</param>
/// <param name="Pool">Windows of unseen groups that may be labelled.</param>
/// <param name="Judged">Windows of unseen groups that judge; of other recordings where a group has two.</param>
internal sealed record StudyData(IReadOnlyList<ClassSample> Known, IReadOnlyList<ClassSample> Pool, IReadOnlyList<ClassSample> Judged)
{
    private const ulong Seed = 5;

    /// <summary>The last of every three groups by name is unseen.</summary>
    private const int UnseenOf = 3;

    /// <exception cref="CorpusException">Fewer groups than a study needs.</exception>
    public static StudyData Of(ITunableCorpus set, IReadOnlyList<TaskRecording> recordings)
    {
        var groups = recordings.Select(recording => recording.Group).Distinct().Order(StringComparer.Ordinal).ToList();
        if (groups.Count < UnseenOf) throw new CorpusException($"{set.Name}: {groups.Count} groups, a study needs {UnseenOf}");
        var unseen = groups.Where((_, i) => i % UnseenOf == UnseenOf - 1).ToHashSet();
        var (pool, judged) = (new List<ClassSample>(), new List<ClassSample>());
        foreach (var group in recordings.Where(recording => unseen.Contains(recording.Group) && !recording.IsCopy)
            .GroupBy(recording => recording.Group))
        {
            var own = group.ToList();
            if (own.Count > 1)
            {
                pool.AddRange(own[0].Samples);
                judged.AddRange(own.Skip(1).SelectMany(recording => recording.Samples));
                continue;
            }

            int[] order = [.. Enumerable.Range(0, own[0].Samples.Count)];
            new SeededRandom(Seed).Shuffle(order);
            for (var i = 0; i < order.Length; i++) (i % 2 == 0 ? pool : judged).Add(own[0].Samples[order[i]]);
        }

        return new StudyData(
            [.. recordings.Where(recording => !unseen.Contains(recording.Group)).SelectMany(recording => recording.Samples)], pool, judged);
    }

    public static List<(float[] Features, int Class, int Weight)> Scale(IEnumerable<ClassSample> samples, Standardisation standardisation) =>
        ClassTrainer.Scale(samples, standardisation);
}
