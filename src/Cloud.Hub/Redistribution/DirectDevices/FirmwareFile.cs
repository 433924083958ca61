namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>A firmware archive as the protocol names it.</summary>
/// <param name="Path">Where its bytes lie.</param>
/// <param name="Sha1">40 hex digits: what the protocol's clients check first. Trust comes from the signature inside the archive.</param>
/// <param name="Sha256">64 hex digits.</param>
internal sealed record FirmwareFile(string Digest, string Name, long Release, string Path, long Bytes, string Sha1, string Sha256)
{
    public string FileName => $"{Name}-{Release}.swu";
}
