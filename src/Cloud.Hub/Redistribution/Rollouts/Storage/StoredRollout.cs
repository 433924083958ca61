namespace Cloud.Hub.Redistribution.Rollouts.Storage;

/// <summary>A rollout as it stands on disk.</summary>
/// <param name="Number">Its key in the tables.</param>
/// <param name="Revision">Grows with each write: who holds an older one must not write.</param>
internal sealed record StoredRollout(long Number, long Revision, RolloutState State);
