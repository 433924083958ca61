using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Studies;

/// <summary>From nothing, or from a parent that learnt from other groups, on a small share of what may be labelled. Mean of three draws.</summary>
internal static class TransferStudy
{
    private const int Steps = 600;
    private const int Draws = 3;

    /// <summary>Windows of the parent's that are replayed.</summary>
    private const int Memory = 2000;

    /// <summary>Factor of the rate when values that a parent learnt go on: large steps would undo them.</summary>
    private const float GentleRate = 0.2f;

    private static readonly double[] Shares = [1, 5, 20];

    public static StudyResult Run(ITunableCorpus set, StudyData data, TextWriter report, CancellationToken cancellation)
    {
        var standardisation = ClassTrainer.Standardise(set.Recipe, data.Known);
        var judged = StudyData.Scale(data.Judged, standardisation);
        using var net = new StudyNet(set.Recipe, data.Known[0].Features.Length, Steps, seed: 1);
        var start = net.Values;
        net.Fit(StudyData.Scale(data.Known, standardisation), [], [], 1, cancellation);
        var parent = net.Values;
        var untouched = 100 * net.Score(judged).Accuracy;
        report.WriteLine($"parent: {data.Known.Count} windows; unseen groups: {data.Pool.Count} windows may be labelled, {data.Judged.Count} judge");
        var memory = StudyData.Scale(data.Known.Where((_, i) => i % Math.Max(1, data.Known.Count / Memory) == 0), standardisation);
        (string Name, bool FromParent, float[] Rates, bool Replays)[] ways =
        [
            ("from nothing", false, [], false),
            ("parent, all layers", true, [], false),
            ("parent, deeper layers slower", true,
                [.. Enumerable.Range(1, net.LearningLayers).Select(layer => MathF.Pow(0.3f, net.LearningLayers - layer))], false),
            ("parent, body frozen", true, [.. Enumerable.Range(1, net.LearningLayers).Select(layer => layer == net.LearningLayers ? 1f : 0f)], false),
            ("parent, all layers, with replay", true, [], true),
        ];
        var curves =
            ways.Select(way =>
                (way.Name,
                    (IReadOnlyList<(double X, double Y)>)[.. Shares.Select(share => (share, Mean(way.FromParent, way.Rates, way.Replays, share)))]))
                    .ToList();
        curves.Add(("parent as it is", [.. Shares.Select(share => (share, untouched))]));
        return new StudyResult($"Transfer from a parent, {set.Name}", "labelled share of the new groups, %", curves);

        double Mean(bool fromParent, float[] rates, bool replays, double share)
        {
            var sum = 0.0;
            for (var draw = 0; draw < Draws; draw++)
            {
                int[] order = [.. Enumerable.Range(0, data.Pool.Count)];
                new SeededRandom(SeededRandom.SeedOf(7, (ulong)draw, 0, 0)).Shuffle(order);
                var labelled = order.Take(Math.Max(1, (int)(data.Pool.Count * share / 100))).Select(i => data.Pool[i]);
                net.Load(fromParent ? parent : start);
                net.Fit(StudyData.Scale(labelled, standardisation), replays ? memory : [], rates, fromParent ? GentleRate : 1, cancellation);
                sum += 100 * net.Score(judged).Accuracy;
            }

            return sum / Draws;
        }
    }
}
