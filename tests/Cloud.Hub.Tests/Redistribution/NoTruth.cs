using Cloud.Hub.Feedback.Contract;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Redistribution;

/// <summary>Feedback as a test says it is; nothing is known at first.</summary>
internal sealed class NoTruth : IFeedback
{
    public List<ModelQuality> Quality { get; } = [];

    public Task AddLabelsAsync(IReadOnlyList<OutcomeLabel> labels, CancellationToken cancellation) => Task.CompletedTask;

    public Task<IReadOnlyList<OutcomeLabel>> LabelsAsync(string? deviceId, string? runId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<OutcomeLabel>>([]);

    public Task<IReadOnlyList<AlarmView>> AlarmsAsync(bool openOnly, int limit, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<AlarmView>>([]);

    public Task<bool> AcknowledgeAsync(string alarmId, string label, string who, CancellationToken cancellation) => Task.FromResult(false);

    public Task<IReadOnlyList<ModelQuality>> QualityAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ModelQuality>>([.. Quality]);
}
