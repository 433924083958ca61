using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Trust;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>The key that signs manifests: made on first start, mode 0600 in the data folder.</summary>
internal sealed class RegistryKey : IDisposable
{
    private readonly SigningKey _key;

    /// <exception cref="HubStartException">The file is no key, or others may read it.</exception>
    public RegistryKey(HubPaths paths, ILogger<RegistryKey> logger)
    {
        _key = HeldKey.LoadOrMake(paths.Folder("signing.key"), logger);
    }

    /// <summary>32 bytes, Ed25519.</summary>
    public byte[] PublicKey => _key.PublicKey;

    public PackageSignature Sign(ReadOnlySpan<byte> manifestJson) => new(_key.PublicKey, _key.Sign(manifestJson));

    public void Dispose() => _key.Dispose();
}
