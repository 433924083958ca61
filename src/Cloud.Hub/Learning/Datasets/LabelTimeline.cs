using Hmas.Contracts.Facts;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>What people and outcomes said about one device's time; the later label of a moment wins.</summary>
/// <param name="labels">In order of arrival.</param>
internal sealed class LabelTimeline(IReadOnlyList<OutcomeLabel> labels)
{
    public static LabelTimeline Empty { get; } = new([]);

    /// <summary>True: anomalous; false: normal; null: nobody said.</summary>
    public bool? At(string runId, long timeUs) => LabelAt(runId, timeUs)?.IsAnomaly;

    /// <summary>The name given to a moment; null: nobody said.</summary>
    public string? NameAt(string runId, long timeUs) => LabelAt(runId, timeUs)?.Label;

    private OutcomeLabel? LabelAt(string runId, long timeUs)
    {
        for (var i = labels.Count - 1; i >= 0; i--)
        {
            var label = labels[i];
            if ((label.RunId is null || label.RunId == runId) && label.FromUs <= timeUs && timeUs <= label.ToUs) return label;
        }

        return null;
    }
}
