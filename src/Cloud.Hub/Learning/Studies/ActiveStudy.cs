using Cloud.Hub.Learning.Active;
using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Studies;

/// <summary>Labels are bought ten at a time: at random, where the model is least sure, or where it is unsure in as many
/// different ways as possible. Mean of three draws of the first ten.</summary>
internal static class ActiveStudy
{
    private const int Steps = 300;
    private const int Draws = 3;
    private const int Step = 10;
    private const int Most = 100;

    public static StudyResult Run(ITunableCorpus set, StudyData data, TextWriter report, CancellationToken cancellation)
    {
        // What is known becomes the pool here: nothing of it is labelled yet.
        var pool = data.Known.Where((_, i) => i % Thinning(data.Known.Count) == 0).ToList();
        var standardisation = ClassTrainer.Standardise(set.Recipe, pool);
        var rows = StudyData.Scale(pool, standardisation);
        var judged = StudyData.Scale([.. data.Pool, .. data.Judged], standardisation);
        report.WriteLine($"{rows.Count} unlabelled windows, {judged.Count} of other groups judge");
        (string Name, Func<IReadOnlyList<int>, IReadOnlyList<double>, SeededRandom, IEnumerable<int>> Choose)[] ways =
        [
            ("at random", (left, _, random) => Random(left, random)),
            ("least sure", (left, unsure, _) => WindowChoice.LeastSure(unsure, Step).Select(i => left[i])),
            ("unsure and different",
                (left, unsure, _) => WindowChoice.Choose([.. left.Select(i => rows[i].Features)], unsure, Step).Select(i => left[i])),
        ];
        using var net = new StudyNet(set.Recipe, pool[0].Features.Length, Steps, seed: 1);
        var start = net.Values;
        return new StudyResult($"Which windows to label, {set.Name}", "labels", [.. ways.Select(way => (way.Name, Curve(way.Choose)))]);

        IReadOnlyList<(double X, double Y)> Curve(Func<IReadOnlyList<int>, IReadOnlyList<double>, SeededRandom, IEnumerable<int>> choose)
        {
            var sums = new SortedDictionary<double, double>();
            for (var draw = 0; draw < Draws; draw++)
            {
                var random = new SeededRandom(SeededRandom.SeedOf(9, (ulong)draw, 0, 0));
                var labelled = Random([.. Enumerable.Range(0, rows.Count)], random).ToHashSet();
                while (true)
                {
                    net.Load(start);
                    net.Fit([.. labelled.Order().Select(i => rows[i])], [], [], 1, cancellation);
                    sums[labelled.Count] = sums.GetValueOrDefault(labelled.Count) + (100 * net.Score(judged).Accuracy);
                    if (labelled.Count >= Most) break;
                    int[] left = [.. Enumerable.Range(0, rows.Count).Where(i => !labelled.Contains(i))];
                    var unsure = net.Ask([.. left.Select(i => rows[i])]).Select(logits => WindowChoice.Margin(logits)).ToList();
                    labelled.UnionWith(choose(left, unsure, random));
                }
            }

            return [.. sums.Select(pair => (pair.Key, pair.Value / Draws))];
        }

        static IEnumerable<int> Random(IReadOnlyList<int> from, SeededRandom random)
        {
            int[] order = [.. from];
            random.Shuffle(order);
            return order.Take(Step);
        }
    }

    /// <summary>A pool of some three thousand windows is enough to choose a hundred from.</summary>
    private static int Thinning(int count) => Math.Max(1, count / 3000);
}
