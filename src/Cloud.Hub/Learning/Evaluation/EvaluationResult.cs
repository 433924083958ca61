using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>A detector on the held-out runs.</summary>
/// <param name="Slices">By run, those with labelled rows; key <c>all</c> pools them.</param>
/// <param name="Alarms">Its answer for every window of every run, in order: what a twin is compared with.</param>
/// <param name="Areas">Area under the curve of the scores, by slice; those with normal and anomalous rows.</param>
/// <param name="Invalid">Windows without a finite score.</param>
internal sealed record EvaluationResult(IReadOnlyDictionary<string, SliceMetrics> Slices, IReadOnlyList<bool> Alarms, IReadOnlyDictionary<string, double> Areas, int Invalid)
{
    public const string Pooled = "all";

    public SliceMetrics All => Slices[Pooled];

    /// <summary>Share of windows on which two detectors answer differently.</summary>
    public double Disagreement(EvaluationResult other)
    {
        if (Alarms.Count == 0) return 0;
        var different = 0;
        for (var i = 0; i < Alarms.Count; i++)
        {
            if (Alarms[i] != other.Alarms[i]) different++;
        }

        return (double)different / Alarms.Count;
    }

    /// <summary>The largest area under the curve that another detector loses to this one on any slice; null when no slice can tell.</summary>
    public double? WorstAreaLoss(EvaluationResult other) =>
        Areas.Where(pair => other.Areas.ContainsKey(pair.Key)).Select(pair => (double?)(pair.Value - other.Areas[pair.Key])).Max();
}
