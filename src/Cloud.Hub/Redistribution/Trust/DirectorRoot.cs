using Cloud.Hub.Host;
using Hmas.Trust;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>The director's root and the key that signs for devices under it: made and renewed here, or, where keepers hold
/// the root's keys, taken as a ceremony put them into <c>trust/director</c>.</summary>
internal sealed class DirectorRoot : IDisposable
{
    private readonly VersionedFiles _files;
    private readonly string _folder;
    private readonly bool _isOffline;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    // One that was replaced may still be signing; all are let go at the end.
    private readonly List<SigningKey> _replaced = [];
    private volatile SigningKey _key;
    private volatile RootMetadata _present;

    /// <exception cref="HubStartException">Key or root cannot be used; the message says what to do.</exception>
    public DirectorRoot(string trust, bool isOffline, TimeProvider time, ILogger logger)
    {
        (_folder, _isOffline, _time, _logger) = (Path.Combine(trust, "director"), isOffline, time, logger);
        Directory.CreateDirectory(_folder);
        _files = new VersionedFiles(_folder);
        if (!isOffline)
        {
            _key = HeldKey.LoadOrMake(Path.Combine(trust, "director.key"), logger);
            _present = Renewed();
            return;
        }

        if (_files.Newest(RootMetadata.Type) is not { } root || !File.Exists(OnlineKey))
            throw new HubStartException(
                $"Redistribution:OfflineDirector: {_folder} lacks a root or online.key; make them with hmas keys init --director and put the repository folder there");
        try
        {
            _key = HeldKey.Load(OnlineKey);
            _present = TrustedMetadata.Begin(root, time.GetUtcNow()).Root;
            RequireNamed(_present, _key);
        }
        catch (UpdateException e)
        {
            throw new HubStartException($"Redistribution:OfflineDirector: {e.Message}", e);
        }
    }

    public RootMetadata Present => _present;

    /// <summary>Its keys lie with keepers, who renew it.</summary>
    public bool IsOffline => _isOffline;

    public SigningKey Key => _key;

    private string OnlineKey => Path.Combine(_folder, "online.key");

    public byte[]? Find(long version) => _files.Find(RootMetadata.Type, version);

    /// <summary>A new root when half of the present one's life is over; of keepers, the one that
    /// they put there, with the key that it names.</summary>
    public void Renew()
    {
        if (!_isOffline)
        {
            _present = Renewed();
            return;
        }

        try
        {
            Take();
        }
        catch (Exception e) when (e is UpdateException or HubStartException)
        {
            _logger.DirectorRefused(_folder, e.Message);
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        foreach (var key in _replaced) key.Dispose();
    }

    private RootMetadata Renewed()
    {
        var signer = new RoleSigners([_key.PublicKey], 1);
        return HeldRoot.Renewed(_files, _key, new TopLevelRoles(signer, signer, signer, signer), _time.GetUtcNow());
    }

    /// <summary>Follows the chain of roots as a device would.</summary>
    private void Take()
    {
        var newest = _files.NewestVersion(RootMetadata.Type);
        if (newest <= _present.Header.Version) return;
        var device = TrustedMetadata.Begin(
            Find(_present.Header.Version) ?? throw new UpdateException(UpdateReason.NotFound, $"root {_present.Header.Version} is gone"),
            _time.GetUtcNow());
        while (device.Root.Header.Version < newest)
            device.AcceptRoot(
                Find(device.Root.Header.Version + 1)
                ?? throw new UpdateException(UpdateReason.NotFound, $"root {device.Root.Header.Version + 1} is missing before root {newest}"));
        device.EndRoots();
        var key = HeldKey.Load(OnlineKey);
        try
        {
            RequireNamed(device.Root, key);
        }
        catch
        {
            key.Dispose();
            throw;
        }

        _replaced.Add(_key);
        _key = key;
        _present = device.Root;
    }

    private static void RequireNamed(RootMetadata root, SigningKey key)
    {
        var id = MetadataWriter.KeyId(key.PublicKey);
        foreach (var (role, keys) in ((string, RoleKeys)[])[
            (TargetsMetadata.Type, root.Targets), (SnapshotMetadata.Type, root.Snapshot), (TimestampMetadata.Type, root.Timestamp)])
        {
            if (keys.Threshold != 1 || !keys.KeyIds.Contains(id, StringComparer.Ordinal))
                throw new UpdateException(
                    UpdateReason.Signature, $"root {root.Header.Version} does not let online.key ({id[..12]}) sign {role} alone");
        }
    }
}
