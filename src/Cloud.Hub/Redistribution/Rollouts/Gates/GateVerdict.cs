using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <param name="StoppedBy">Stable word of a failure (see <see cref="RolloutView.StoppedBy"/>); null unless the gate failed.</param>
/// <param name="IsHarmful">The model did harm, beyond the odds that the gate asks for.</param>
/// <param name="Reason">For people: the figure and the bound it was held against.</param>
internal sealed record GateVerdict(GateOutcome Outcome, string? StoppedBy, bool IsHarmful, string Reason, GateEvidence Evidence)
{
    /// <summary>Whom it takes besides to tell.</summary>
    public IReadOnlyList<Reserve> Reserves { get; init; } = [];
}
