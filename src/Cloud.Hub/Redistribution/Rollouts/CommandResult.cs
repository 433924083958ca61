using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>What came of a command: the rollout as it is now, or why not; neither when there is no such rollout.</summary>
internal sealed record CommandResult(RolloutView? View, string? Refusal);
