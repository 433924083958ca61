using Operator.Cli.Hub;

namespace Operator.Cli.Demo.Report;

/// <summary>What the running hub said of itself at the end, and what its event stream had told by then.</summary>
/// <param name="Details">Each device with what the domain pack and the teacher say of it.</param>
/// <param name="Events">Of the WebSocket, by type.</param>
internal sealed record HubObservations(
    IReadOnlyList<OpinionAnswer> Opinions, IReadOnlyList<DataQualityAnswer> DataQuality, ArchiveAnswer Archive,
    IReadOnlyList<TrainingAnswer> Training,
    IReadOnlyList<DecisionAnswer> Decisions, IReadOnlyList<DeviceAnswer> Devices, IReadOnlyList<AlarmAnswer> Alarms,
    IReadOnlyList<ModelQualityAnswer> Quality,
    IReadOnlyList<DeviceDetailAnswer> Details, IReadOnlyList<RolloutAnswer> Rollouts, IReadOnlyDictionary<string, long> Events, int DashboardBytes);
