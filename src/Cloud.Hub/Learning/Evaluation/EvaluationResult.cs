using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>A model on the held-out runs.</summary>
/// <param name="Slices">By run, those with labelled rows; key <c>all</c> pools them.</param>
/// <param name="Answers">For every window of every run, in order: 1 for an alarm, the index of the class, or the tenth of the horizon; what a twin
/// is compared with.</param>
/// <param name="Areas">Area under the curve of the scores, by slice; those with normal and anomalous rows. Of remaining life by run: 1 less
/// the mean error as a share of the horizon.</param>
/// <param name="Invalid">Windows without a finite answer.</param>
internal sealed record EvaluationResult(
    IReadOnlyDictionary<string, SliceMetrics> Slices, IReadOnlyList<int> Answers, IReadOnlyDictionary<string, double> Areas, int Invalid)
{
    public const string Pooled = "all";

    public SliceMetrics All => Slices[Pooled];

    /// <summary>Of a detector: the windows whose truth nobody has told.</summary>
    public UntoldAlarms Untold { get; init; } = new();

    /// <summary>By slice: whether each answer that counts was right, in order. Two models asked about the same rows are compared by it.</summary>
    public IReadOnlyDictionary<string, List<bool>> Right { get; init; } = new Dictionary<string, List<bool>>();

    /// <summary>Share of windows on which two models answer differently.</summary>
    public double Disagreement(EvaluationResult other)
    {
        if (Answers.Count == 0) return 0;
        var different = 0;
        for (var i = 0; i < Answers.Count; i++)
        {
            if (Answers[i] != other.Answers[i]) different++;
        }

        return (double)different / Answers.Count;
    }

    /// <summary>The largest area under the curve that another detector loses to this one on any slice; null when no slice can tell.</summary>
    public double? WorstAreaLoss(EvaluationResult other) =>
        Areas.Where(pair => other.Areas.ContainsKey(pair.Key)).Select(pair => (double?)(pair.Value - other.Areas[pair.Key])).Max();
}
