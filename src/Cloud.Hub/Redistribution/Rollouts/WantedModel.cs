namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>What a device should be told now.</summary>
/// <param name="Attempt">Which time it is told the same.</param>
/// <param name="Digest">Null: no model, for a device that had none before.</param>
/// <param name="ShadowWindows">Compared with the old model's answers before the swap.</param>
internal readonly record struct WantedModel(string DeviceId, string? Digest, bool Restore, int Attempt = 0, int ShadowWindows = 0);
