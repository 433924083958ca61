using Hmas.Contracts.Facts;

namespace Cloud.Hub.Feedback.Contract;

/// <summary>The door of the Feedback service: truth that arrives late, and alarms that people answer.</summary>
public interface IFeedback
{
    Task AddLabelsAsync(IReadOnlyList<OutcomeLabel> labels, CancellationToken cancellation);

    /// <summary>In order of arrival, so that a later label of the same stretch wins.</summary>
    Task<IReadOnlyList<OutcomeLabel>> LabelsAsync(string? deviceId, string? runId, CancellationToken cancellation);

    /// <summary>Newest first. <paramref name="openOnly"/>: those that nobody has answered yet, standing or ended.</summary>
    Task<IReadOnlyList<AlarmView>> AlarmsAsync(bool openOnly, int limit, CancellationToken cancellation);

    /// <summary>Answers an alarm: <paramref name="label"/> <c>normal</c> marks it false, anything else names the
    /// fault. The answer is a label. False when there is no such alarm.</summary>
    Task<bool> AcknowledgeAsync(string alarmId, string label, string who, CancellationToken cancellation);

    /// <summary>Per model digest and device, over all windows of evidence stretches whose truth is known.</summary>
    Task<IReadOnlyList<ModelQuality>> QualityAsync(CancellationToken cancellation);
}

public sealed record AlarmView
{
    /// <summary>In the fleet: the device's id, a colon, and the id that the device gave it.</summary>
    public required string AlarmId { get; init; }

    public required string SiteId { get; init; }

    public required string DeviceId { get; init; }

    public required AlarmEvent Raised { get; init; }

    public long? EndedUs { get; init; }

    public string? Label { get; init; }

    public string? AcknowledgedBy { get; init; }
}

/// <summary>Counts over windows whose truth is known: TP + FN are anomalous, FP + TN normal.</summary>
public sealed record ModelQuality(string Digest, string DeviceId, long TruePositives, long FalsePositives, long TrueNegatives, long FalseNegatives);
