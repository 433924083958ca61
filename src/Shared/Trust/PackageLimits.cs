namespace Hmas.Trust;

/// <summary>What a reader of package files accepts at most; checked before anything of that length is touched.</summary>
public sealed record PackageLimits
{
    /// <summary>Bytes of the whole file; default 64 MiB.</summary>
    public long MaxPackageBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of the manifest; default 1 MiB.</summary>
    public int MaxManifestBytes { get; init; } = 1 << 20;

    /// <summary>Signatures in one file; default 16.</summary>
    public int MaxSignatures { get; init; } = 16;
}
