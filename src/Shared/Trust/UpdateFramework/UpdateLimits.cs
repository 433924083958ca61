namespace Hmas.Trust.UpdateFramework;

/// <summary>What a repository may cost this client at most. The specification leaves the numbers
/// to the client and calls them W, X, Y and Z.</summary>
public sealed record UpdateLimits
{
    /// <summary>Bytes of one root file; default 512,000 (W).</summary>
    public int MaxRootBytes { get; init; } = 512_000;

    /// <summary>Bytes of the timestamp; default 16,384 (X).</summary>
    public int MaxTimestampBytes { get; init; } = 16_384;

    /// <summary>Bytes of the snapshot when the timestamp states no length; default 2,000,000.</summary>
    public int MaxSnapshotBytes { get; init; } = 2_000_000;

    /// <summary>Bytes of a targets role when the snapshot states no length; default 5,000,000.</summary>
    public int MaxTargetsBytes { get; init; } = 5_000_000;

    /// <summary>Bytes of any metadata file, whatever is stated of it: the key that states lengths may be an attacker's; default 64 MiB.</summary>
    public int MaxStatedBytes { get; init; } = 64 << 20;

    /// <summary>New roots followed in one update; default 256 (Y). More are followed by the next update.</summary>
    public int MaxRootRotations { get; init; } = 256;

    /// <summary>Delegated roles visited for one target; default 32 (Z).</summary>
    public int MaxDelegatedRoles { get; init; } = 32;

    /// <summary>Time a download may take beyond what the minimum rate grants; default 20 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Every byte that arrives extends the download's deadline by 1 / this; default 1,024 bytes a second.</summary>
    public int MinBytesPerSecond { get; init; } = 1_024;
}
