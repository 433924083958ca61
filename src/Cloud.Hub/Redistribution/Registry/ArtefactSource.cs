namespace Cloud.Hub.Redistribution.Registry;

/// <summary>What is kept beside an entry and never changes.</summary>
/// <param name="Manifest">Of a model, the signed bytes; null otherwise.</param>
/// <param name="Facts">Of a model, JSON of <see cref="Contract.ModelFacts"/>; null otherwise.</param>
internal sealed record ArtefactSource(byte[]? Manifest = null, string? Licence = null, string? Facts = null);
