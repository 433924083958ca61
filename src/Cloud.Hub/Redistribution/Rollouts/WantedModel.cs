namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>What a device should be told now.</summary>
/// <param name="Digest">Null: no model, for a device that had none before.</param>
internal sealed record WantedModel(string DeviceId, string? Digest, bool Restore);
