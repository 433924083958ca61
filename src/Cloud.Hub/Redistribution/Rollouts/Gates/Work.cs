using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>What a device did since a metric last looked at it.</summary>
/// <param name="Before">What it showed with the old model, all in all; null: nothing.</param>
/// <param name="Shadow">Null: nothing new was compared.</param>
/// <param name="Failed">Its model has just committed (false) or failed (true); null: neither.</param>
/// <param name="Episode">Windows that say as much as one.</param>
internal sealed record Work(EvidenceSum Evidence, EvidenceSum? Before, ShadowEvidence? Shadow, TruthCounts Truth, bool? Failed, double Episode);
