using Hmas.Contracts.Facts;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>What people and outcomes said about one device's time; the later label of a moment wins.</summary>
/// <param name="labels">In order of arrival.</param>
internal sealed class LabelTimeline(IReadOnlyList<OutcomeLabel> labels)
{
    /// <summary>What a fault is called by those who know no name for it.</summary>
    private const string Unnamed = "anomaly";

    /// <summary>Few among many labels, and asked for at every row.</summary>
    private readonly OutcomeLabel[] _failures = [.. labels.Where(label => label.Kind == LabelKind.Failure)];

    public static LabelTimeline Empty { get; } = new([]);

    /// <summary>True: anomalous; false: normal; null: nobody said. The name of a state says neither.</summary>
    public bool? At(string runId, long timeUs) => Last(runId, timeUs, static kind => kind == LabelKind.Outcome)?.IsAnomaly;

    /// <summary>Name of the fault at a moment; null: none is known, or nobody gave it a name.</summary>
    public string? FaultAt(string runId, long timeUs) =>
        AnomalyAt(runId, timeUs) is { } anomaly && anomaly.Label != Unnamed ? anomaly.Label : null;

    /// <summary>What was said of a fault at a moment, named or not; null: none is known.</summary>
    public OutcomeLabel? AnomalyAt(string runId, long timeUs) =>
        Last(runId, timeUs, static kind => kind == LabelKind.Outcome) is { IsAnomaly: true } anomaly ? anomaly : null;

    /// <summary>The name given to a moment, of an outcome or a state; null: nobody said.</summary>
    public string? NameAt(string runId, long timeUs) => Last(runId, timeUs, static kind => kind != LabelKind.Failure)?.Label;

    /// <summary>The first failure at a moment or after it; null: none is known, so nothing is known of the life that was left.</summary>
    public long? FailureFrom(string runId, long timeUs) => Failures(runId).Where(failure => failure >= timeUs).Min(failure => (long?)failure);

    /// <summary>Moments at which the machine failed, in order of arrival.</summary>
    public IEnumerable<long> Failures(string runId) =>
        _failures.Where(failure => failure.RunId is null || failure.RunId == runId).Select(failure => failure.FromUs);

    private OutcomeLabel? Last(string runId, long timeUs, Func<LabelKind, bool> tells)
    {
        for (var i = labels.Count - 1; i >= 0; i--)
        {
            var label = labels[i];
            if (tells(label.Kind) && (label.RunId is null || label.RunId == runId) && label.FromUs <= timeUs && timeUs <= label.ToUs) return label;
        }

        return null;
    }
}
