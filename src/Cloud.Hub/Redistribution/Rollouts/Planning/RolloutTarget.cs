using Cloud.Hub.Communication.Contract;

namespace Cloud.Hub.Redistribution.Rollouts.Planning;

/// <summary>A device that a request is aimed at.</summary>
/// <param name="CurrentDigest">What it answers with as far as anybody knows; null: nothing.</param>
/// <param name="Attributes">What queries ask of it; empty when its groups have none.</param>
internal sealed record RolloutTarget(DeviceView Device, string? CurrentDigest, IReadOnlyDictionary<string, string> Attributes);
