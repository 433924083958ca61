using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Bus;

/// <summary>Something that happened in the hub. Records only; a subscriber never changes one.</summary>
public abstract record HubEvent;

/// <summary>A device's facts are on disk. Published after the commit, once per stored fact batch (repeats left out).</summary>
public sealed record FactsStored(FactBatch Batch) : HubEvent;

public sealed record TelemetryReceived(string SiteId, string DeviceId, TelemetryBatch Batch) : HubEvent;

public sealed record PresenceChanged(string SiteId, string DeviceId, Presence Presence) : HubEvent;

public sealed record ReportedStateChanged(string SiteId, string DeviceId, ReportedState Reported) : HubEvent;

/// <summary>Decoded from a stored fact, for those who need no batch.</summary>
public sealed record AlarmChanged(string SiteId, string DeviceId, AlarmEvent Alarm) : HubEvent;

public sealed record SlotReported(string SiteId, string DeviceId, SlotReport Report) : HubEvent;

public sealed record EvidenceReported(string SiteId, string DeviceId, ModelEvidence Evidence) : HubEvent;

public sealed record LabelsAdded(IReadOnlyList<OutcomeLabel> Labels) : HubEvent;

/// <summary>A training run moved on; progress 0 to 1.</summary>
public sealed record TrainingProgressed(string RunId, string State, double Progress, string Message) : HubEvent;

public sealed record ModelRegistered(string Digest, ModelManifest Manifest) : HubEvent;

/// <summary>A rollout went from one state to another, with the evidence that moved it.</summary>
public sealed record RolloutTransitioned(string RolloutId, string Group, string From, string To, string Reason) : HubEvent;

/// <summary>An upper-tier agent decided something.</summary>
public sealed record AgentDecided(string Agent, string Decision, string Reason) : HubEvent;
