namespace Cloud.Hub.Integration.Endpoints;

/// <param name="Name">Null when the registry does not know the digest.</param>
/// <param name="Devices">How many answer with it, by their last report.</param>
internal sealed record ModelInUse(string Digest, string? Name, long? Release, int Devices);
