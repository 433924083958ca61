using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>How far a device's work was taken in by the tests: each part of it counts once.</summary>
/// <param name="Alone">Of the new digest, by metrics held against their limit alone.</param>
/// <param name="Compared">Of the new digest, by metrics held against the control.</param>
/// <param name="Control">Of the previous digest, as control.</param>
/// <param name="Failed">Its last end that was counted.</param>
/// <param name="TruthCompared">As <paramref name="Truth"/>, against the control.</param>
/// <param name="OtherTruth">Of other digests, as control.</param>
internal sealed record JudgedWork(
    EvidenceSum? Alone = null, EvidenceSum? Compared = null, EvidenceSum? Control = null, ShadowEvidence? Shadow = null, bool? Failed = null,
    TruthCounts? Truth = null,
    TruthCounts? TruthCompared = null, TruthCounts? OtherTruth = null)
{
    public static JudgedWork Nothing { get; } = new();
}
