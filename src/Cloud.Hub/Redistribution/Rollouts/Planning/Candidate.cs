namespace Cloud.Hub.Redistribution.Rollouts.Planning;

/// <summary>A device that a rollout is aimed at.</summary>
/// <param name="Slice">Devices of one slice are taken to behave alike: the first group gets one of each before it gets a second.</param>
/// <param name="Attributes">For queries.</param>
internal sealed record Candidate(string DeviceId, bool Online, string Slice, IReadOnlyDictionary<string, string> Attributes);
