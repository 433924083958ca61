namespace Cloud.Hub.Redistribution.Endpoints;

/// <param name="Ed25519">Raw public keys, 32 bytes each, base64.</param>
internal sealed record KeyList(IReadOnlyList<string> Ed25519);
