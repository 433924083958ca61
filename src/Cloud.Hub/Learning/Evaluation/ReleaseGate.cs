using System.Globalization;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Decides over a candidate by what held-out runs show. No data is never success: against a parent there must be labelled rows.</summary>
/// <param name="margin">The pooled F1 may be lower than the parent's by at most this.</param>
/// <param name="sliceLimit">The F1 of a slice may be lower by at most this.</param>
/// <param name="overlap">Rows that share a window, and so tell about the same.</param>
/// <param name="minSliceRows">Slices with fewer rows labelled normal, or fewer labelled anomalous, are too small to
/// judge alone: one late alarm would move their F1 by more than the limit.</param>
internal sealed class ReleaseGate(double margin, double sliceLimit, int minSliceRows, double overlap)
{
    private readonly SliceRatchet _ratchet = new();

    /// <param name="parent">Null for a first model.</param>
    /// <param name="ancestors">What the parent and those before it reached when they were made, the newest first:
    /// slices with the same rows count as what was reached before.</param>
    public GateVerdict Judge(EvaluationResult? parent, EvaluationResult candidate, IReadOnlyList<IReadOnlyDictionary<string, SliceMetrics>> ancestors)
    {
        if (candidate.Invalid > 0)
            return new GateVerdict(
                false, $"the candidate gave no finite answer on {candidate.Invalid} of {candidate.Answers.Count} held-out windows");
        var measure = candidate.All.LifeError is null ? "F1" : "1 - mean error of life";
        if (parent is null)
        {
            return Quality(candidate.All) is not { } first
                ? new GateVerdict(true, "a first model; no held-out row is labelled yet, so nothing is known of its quality")
                : new GateVerdict(true, $"a first model with {measure} {Text(first)} on {candidate.All.Rows} held-out rows");
        }

        if (Quality(candidate.All) is not { } now || Quality(parent.All) is not { } before)
            return new GateVerdict(
                false, "no held-out row is labelled with what the model should find, so nothing shows that the candidate is not worse than its parent");
        if (now < before - margin)
            return new GateVerdict(
                false, $"pooled {measure} {Text(now)} is more than {Text(margin)} below the parent's {Text(before)} on {candidate.All.Rows} held-out rows");
        foreach (var (name, slice) in candidate.Slices)
        {
            if (name == EvaluationResult.Pooled || IsSmall(slice)) continue;
            if (Quality(slice) is { } sliceNow && Quality(parent.Slices.GetValueOrDefault(name)) is { } sliceBefore
                && sliceNow < sliceBefore - sliceLimit)
                return new GateVerdict(false, $"slice {name}: {measure} fell from {Text(sliceBefore)} to {Text(sliceNow)}, more than {Text(sliceLimit)}");
        }

        var reached = Counts(candidate.Slices, candidate);
        // Row by row against the parent, which has answered the same rows, and by shares against what those before it reached.
        if ((_ratchet.Refuses(Counts(parent.Slices, parent), reached) ?? _ratchet.Refuses(Best(parent, candidate, ancestors), reached)) is { } worse)
            return new GateVerdict(false, worse);
        return new GateVerdict(true, $"pooled {measure} {Text(now)} against the parent's {Text(before)} on {candidate.All.Rows} held-out rows");
    }

    private Dictionary<string, SliceCount> Best(
        EvaluationResult parent, EvaluationResult candidate, IReadOnlyList<IReadOnlyDictionary<string, SliceMetrics>> ancestors)
    {
        var best = Counts(parent.Slices, parent);
        foreach (var reached in ancestors)
        {
            // Labels may have come since: only what was counted on the same rows can be compared.
            var same = reached.Where(pair => candidate.Slices.TryGetValue(pair.Key, out var now) && now.Rows == pair.Value.Rows
                && now.AnomalousRows == pair.Value.AnomalousRows);
            best = SliceRatchet.Raise(best, Counts(same));
        }

        return best;
    }

    /// <param name="result">Whose slices they are; null: only their shares are known.</param>
    private Dictionary<string, SliceCount> Counts(IEnumerable<KeyValuePair<string, SliceMetrics>> slices, EvaluationResult? result = null) =>
        slices.Where(pair => pair.Key == EvaluationResult.Pooled || !IsSmall(pair.Value))
            .ToDictionary(pair => pair.Key, pair => SliceCount.Of(pair.Value, overlap, result?.Right.GetValueOrDefault(pair.Key)));

    /// <summary>What must not fall: F1, or of remaining life 1 less the mean error as a share of the horizon.</summary>
    private static double? Quality(SliceMetrics? slice) => slice?.F1 ?? (1 - slice?.LifeError);

    private bool IsSmall(SliceMetrics slice) =>
        (slice.Accuracy is null ? Math.Min(slice.AnomalousRows, slice.Rows - slice.AnomalousRows) : slice.Rows) < minSliceRows;

    private static string Text(double? value) => value?.ToString("0.000", CultureInfo.InvariantCulture) ?? "unknown";
}
