using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Right answers on a slice of the data.</summary>
/// <param name="Correct">May be a fraction where rows overlap.</param>
/// <param name="Rows">Answers that tell something of their own.</param>
internal readonly record struct SliceCount(double Correct, double Rows)
{
    /// <summary>Whether each answer was right, in order; null where that is not known any more. Two models asked about the same rows are compared
    /// row by row.</summary>
    public IReadOnlyList<bool>? Right { get; init; }

    public double Share => Rows > 0 ? Correct / Rows : 0;

    /// <param name="overlap">Rows that share a window and so tell about the same: they count as one.</param>
    /// <param name="right">Whether each of the rows was answered rightly.</param>
    public static SliceCount Of(SliceMetrics slice, double overlap, IReadOnlyList<bool>? right = null)
    {
        if (slice.Accuracy is { } accuracy) return new SliceCount(slice.Rows * accuracy / overlap, slice.Rows / overlap) { Right = right };
        var normal = slice.Rows - slice.AnomalousRows;
        var correct = (normal * (1 - (slice.FalseAlarmRate ?? 0))) + (slice.AnomalousRows * (1 - (slice.MissedAlarmRate ?? 0)));
        return new SliceCount(correct / overlap, slice.Rows / overlap) { Right = right };
    }
}
