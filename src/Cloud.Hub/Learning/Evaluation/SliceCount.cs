using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Right answers on a slice of the data.</summary>
/// <param name="Correct">May be a fraction where rows overlap.</param>
/// <param name="Rows">Answers that tell something of their own.</param>
internal readonly record struct SliceCount(double Correct, double Rows)
{
    public double Share => Rows > 0 ? Correct / Rows : 0;

    /// <param name="overlap">Rows that share a window and so tell about the same: they count as one.</param>
    public static SliceCount Of(SliceMetrics slice, double overlap)
    {
        if (slice.Accuracy is { } accuracy) return new SliceCount(slice.Rows * accuracy / overlap, slice.Rows / overlap);
        var normal = slice.Rows - slice.AnomalousRows;
        var correct = (normal * (1 - (slice.FalseAlarmRate ?? 0))) + (slice.AnomalousRows * (1 - (slice.MissedAlarmRate ?? 0)));
        return new SliceCount(correct / overlap, slice.Rows / overlap);
    }
}
