using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Operator.Cli.Hub;

// What is read here of the hub's REST answers (OpenAPI: /openapi/v1.json); members that nobody needs are left out.

internal sealed record EnrolmentAnswer(string SiteId, string DeviceId, string Password);

internal sealed record DeviceAnswer(string SiteId, string DeviceId, bool Online, ReportedState? Reported, DesiredState? Desired);

internal sealed record DeviceDetailAnswer(string DeviceId, PumpAdviceAnswer? Advice);

internal sealed record PumpAdviceAnswer(string Asset, string Fault, double Confidence, IReadOnlyList<string> Reasons);

internal sealed record ModelQualityAnswer(
    string Digest, string DeviceId, long TruePositives, long FalsePositives, long TrueNegatives, long FalseNegatives);

internal sealed record TrainingAnswer(
    string RunId, TrainingRequestAnswer Request, string State, double Progress, string Message, string? CandidateDigest, int TrainingWindows,
    IReadOnlyDictionary<string, SliceMetrics>? ParentMetrics, IReadOnlyDictionary<string, SliceMetrics>? CandidateMetrics)
{
    public bool HasEnded => State is "registered" or "rejected" or "failed" or "cancelled" or "searched";
}

internal sealed record TrainingDetailAnswer(
    string RunId, TrainingRequestAnswer Request, string State, double Progress, string Message, string? CandidateDigest, int TrainingWindows,
    IReadOnlyList<double> LossCurve,
    IReadOnlyList<double> ValidationCurve, IReadOnlyDictionary<string, string> DataDigests, IReadOnlyDictionary<string, string> Hyperparameters,
    string CodeVersion, string Worker, string? Picture,
    IReadOnlyDictionary<string, SliceMetrics> ParentMetrics, IReadOnlyDictionary<string, SliceMetrics> CandidateMetrics, DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    IReadOnlyList<FederatedRoundAnswer>? Rounds, IReadOnlyDictionary<string, IReadOnlyList<double>>? SliceCurves)
{
    public bool HasEnded => State is "registered" or "rejected" or "failed" or "cancelled" or "searched";
}

internal sealed record FederatedRoundAnswer(
    int Round, int Asked, int Accepted, int Clipped, IReadOnlyList<RefusedUpdateAnswer> Refused, bool HasMoved, int Windows);

internal sealed record RefusedUpdateAnswer(string DeviceId, string Reason);

internal sealed record StartedRunAnswer(string RunId);

internal sealed record TrainingRequestAnswer(string ModelName, string Recipe, string RequestedBy);

internal sealed record ModelAnswer(
    string Digest, ModelManifest Manifest, long PackageBytes, DateTimeOffset AddedAt, string AddedBy, bool Quarantined);

internal sealed record ArtefactAnswer(
    string Digest, ArtefactKind Kind, string Name, long Release, long Bytes, IReadOnlyList<string> HardwareClasses, DateTimeOffset AddedAt,
    string AddedBy, bool Quarantined, string TargetPath);

internal sealed record ArtefactDetailsAnswer(
    ArtefactAnswer Entry, string? Licence, bool IsSigned, DateTimeOffset? CondemnedAt, IReadOnlyList<ApprovalAnswer> Approvals,
    ModelFactsAnswer? Model, Lineage? Lineage,
    IReadOnlyDictionary<string, SliceMetrics>? Metrics, IReadOnlyList<BundlePart>? Parts);

internal sealed record ApprovalAnswer(string Who, DateTimeOffset At, string Note);

internal sealed record ModelFactsAnswer(IReadOnlyList<OpsetAnswer> Opsets, IReadOnlyDictionary<string, int> Operators, double HubLatencyUs);

internal sealed record OpsetAnswer(string Domain, long Version);

internal sealed record RolloutAnswer(
    string RolloutId, RolloutRequestAnswer Request, string State, IReadOnlyList<RolloutGroupAnswer> Groups,
    IReadOnlyList<TransitionAnswer> Transitions, DateTimeOffset StartedAt,
    string? StoppedBy, IReadOnlyList<string> ControlDevices, IReadOnlyList<string> WaitsFor, DateTimeOffset? OpenSince = null)
{
    public bool HasEnded => State is "completed" or "restored" or "cancelled";

    public IEnumerable<RolloutDeviceAnswer> Devices => Groups.SelectMany(group => group.Devices);
}

internal sealed record RolloutRequestAnswer(string Digest, string RequestedBy, string Reason, string? Where, bool Continuous = false);

internal sealed record RolloutGroupAnswer(string Name, string State, IReadOnlyList<RolloutDeviceAnswer> Devices, GateAnswer? Evidence);

internal sealed record RolloutDeviceAnswer(string DeviceId, bool Touched, bool Restored, double? SwapMs, string? AnsweringDigest, string? Reason);

internal sealed record TransitionAnswer(DateTimeOffset At, string Group, string From, string To, string Reason, GateAnswer? Evidence);

internal sealed record GateAnswer(
    int DevicesTold, int DevicesAnswered, int DevicesFailed, int DevicesUndelivered, int DevicesIdle, int DevicesSilent, long Windows,
    long LabelledNormalWindows, long ShadowWindows,
    IReadOnlyList<MetricAnswer> Metrics, int DevicesHealthy, int DevicesLost);

internal sealed record MetricAnswer(
    string Name, double Value, double? Reference, double Limit, double Trials, double Odds, double StopsAt, string? Slice, double? Tells);

internal sealed record AuditAnswer(string Subject, string Id, IReadOnlyList<AuditStepAnswer> Steps);

internal sealed record AuditStepAnswer(string Link, string From, string? To, string Finding, string Says);

/// <summary>A refusal (RFC 9457).</summary>
internal sealed record ProblemAnswer(string? Title, string? Detail);

internal sealed record ArchiveAnswer(long Facts, long Experiences, long Repeats, long Gaps, long Evicted, IReadOnlyList<DeviceArchiveAnswer> Devices);

internal sealed record DeviceArchiveAnswer(string DeviceId, long Epoch, long Sequence, long Experiences);

internal sealed record DecisionAnswer(DateTimeOffset At, string Agent, string Decision, string Reason);

internal sealed record OpinionAnswer(string DeviceId, double TeacherScore, bool DeviceAlarm, bool Agrees);

internal sealed record DataQualityAnswer(string DeviceId, string Verdict, long Windows);

internal sealed record AlarmAnswer(
    string AlarmId, string SiteId, string DeviceId, AlarmEvent Raised, long? EndedUs, string? Label, string? AcknowledgedBy)
{
    public DateTimeOffset At => DateTimeOffset.UnixEpoch.AddMicroseconds(Raised.TimestampUs);
}

internal sealed record OverviewAnswer(
    IReadOnlyList<SiteAnswer> Sites, IReadOnlyList<ModelInUseAnswer> Models, int OpenAlarms, ArchiveTotalsAnswer Archive,
    IReadOnlyList<StageAnswer> Loop);

internal sealed record SiteAnswer(string SiteId, int Devices, int Online, int Anomalous, double SamplingBoost, string? Incident);

internal sealed record ModelInUseAnswer(string Digest, string? Name, long? Release, int Devices);

internal sealed record ArchiveTotalsAnswer(long Facts, long Experiences, long Gaps, long Evicted, long Bytes);

internal sealed record StageAnswer(string Stage, string State, string Detail);

/// <param name="Warning">What is the matter and what to do; null while nothing is.</param>
internal sealed record TrustRoleAnswer(string? Warning);

internal sealed record QuestionAnswer(
    long Id, string DeviceId, string RunId, long FromUs, long ToUs, double Uncertainty, string Said, IReadOnlyList<string> Names, string State,
    string? Label, string? By,
    IReadOnlyList<string> Channels, IReadOnlyList<float> Window)
{
    public DateTimeOffset From => DateTimeOffset.UnixEpoch.AddMicroseconds(FromUs);

    public DateTimeOffset Until => DateTimeOffset.UnixEpoch.AddMicroseconds(ToUs);
}
