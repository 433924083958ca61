using Cloud.Hub.Host;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Storage;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>The image repository as files in <c>trust/images</c>: what bytes are. This hub signs snapshot and timestamp;
/// root and targets only when it is not told that their keys lie elsewhere.</summary>
/// <remarks>Nothing is published that a device would refuse: each new state goes through the client's own rules first. Written in the
/// order targets, snapshot, timestamp, so a kill in between changes nothing for a device.</remarks>
internal sealed class ImageRepository : IDisposable
{
    private static readonly TimeSpan TimestampLife = TimeSpan.FromDays(1);
    private static readonly TimeSpan Life = TimeSpan.FromDays(30);

    /// <summary>Old snapshots, and targets signed here, that stay for clients on their way.</summary>
    private const int Kept = 8;

    private readonly string _folder;
    private readonly VersionedFiles _files;
    private readonly ImageKeys? _keys;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private volatile ImageState? _state;

    /// <exception cref="HubStartException">Keys or files in the folder cannot be used; the message says what to do.</exception>
    public ImageRepository(HubPaths paths, IOptions<RedistributionOptions> options, TimeProvider time, ILogger<ImageRepository> logger)
    {
        var trust = paths.Folder("trust");
        _folder = Path.Combine(trust, "images");
        Directory.CreateDirectory(_folder);
        _files = new VersionedFiles(_folder);
        (_time, _logger) = (time, logger);
        if (options.Value.OfflineTargets)
        {
            if (_files.NewestVersion(RootMetadata.Type) == 0 || !File.Exists(OnlineKey))
                throw new HubStartException(
                    $"Redistribution:OfflineTargets: {_folder} lacks a root or online.key; make them with hmas keys init and put the repository folder there");
        }
        else
        {
            _keys = new ImageKeys(trust, logger);
            logger.HoldsAllKeys();
        }

        Renew();
    }

    /// <summary>This hub holds the keys that say what bytes are.</summary>
    public bool IsHeldHere => _keys is not null;

    /// <summary>Null while nothing is published.</summary>
    public ImageState? State => _state;

    private string OnlineKey => Path.Combine(_folder, "online.key");

    private string TimestampFile => Path.Combine(_folder, "timestamp.json");

    /// <summary>What the repository says of an artefact; null: nothing yet.</summary>
    public TargetFile? Find(ArtefactEntry entry)
    {
        var path = entry.TargetPath;
        if (Find(path) is { } known) return known;
        // Another hub on the same folder may have signed it, or somebody put a new file there.
        Renew();
        return Find(path);
    }

    public TargetFile? Find(string path) => _state?.Find(path);

    /// <summary>The path of a metadata file; null when there is none of this name, whatever else the folder holds.</summary>
    public string? FileOf(string name)
    {
        var parts = name.Split('.');
        var isOurs = name == "timestamp.json" || (parts is [var version, var role, "json"] && version.All(char.IsAsciiDigit) && IsPublished(role));
        var path = Path.Combine(_folder, name);
        return isOurs && File.Exists(path) ? path : null;
    }

    /// <summary>Adds files that it does not name yet, where this hub holds the keys; elsewhere they wait for a ceremony.</summary>
    public void Vouch(IReadOnlyList<TargetFile> images)
    {
        if (_keys is null) return;
        lock (_gate)
        {
            Renew();
            var known = _state?.Targets.Targets ?? new Dictionary<string, TargetFile>();
            var added = images.Where(image => !known.ContainsKey(image.Path)).ToList();
            if (added.Count > 0) Publish(SignTargets([.. known.Values, .. added], _time.GetUtcNow()), _time.GetUtcNow());
        }
    }

    /// <summary>Takes a file's name out of the targets, where this hub holds the keys.</summary>
    public void Withdraw(string path)
    {
        if (_keys is null) return;
        lock (_gate)
        {
            Renew();
            if (_state?.Targets.Targets is { } known && known.ContainsKey(path))
                Publish(SignTargets(known.Values.Where(file => file.Path != path), _time.GetUtcNow()), _time.GetUtcNow());
        }
    }

    /// <summary>Takes targets that were signed elsewhere.</summary>
    /// <exception cref="UpdateException">Devices would refuse them; nothing has changed.</exception>
    public void Take(byte[] targets)
    {
        lock (_gate)
        {
            var (offered, present) = (TargetsMetadata.Read(targets).Body.Header.Version, _files.NewestVersion(TargetsMetadata.Type));
            if (offered <= present) throw new UpdateException(UpdateReason.Rollback, $"targets have version {offered}, {present} is here already");
            Publish(targets, _time.GetUtcNow());
        }
    }

    /// <summary>Takes the targets of a delegated role, which its team signed elsewhere.</summary>
    /// <exception cref="UpdateException">Devices would refuse them, or nobody delegates to it; nothing has changed.</exception>
    public void Take(string role, byte[] file)
    {
        lock (_gate)
        {
            Renew();
            var delegated = _state?.Targets.Delegations?.OfTargets(role)
                ?? throw new UpdateException(UpdateReason.NotFound, $"the targets delegate to no '{role}'");
            if (DelegatedFiles.Fault(delegated, file, _time.GetUtcNow()) is { } fault) throw new UpdateException(UpdateReason.Signature, fault);
            var (offered, present) = (TargetsMetadata.Read(file).Body.Header.Version, _files.NewestVersion(role));
            if (offered <= present) throw new UpdateException(UpdateReason.Rollback, $"{role} has version {offered}, {present} is here already");
            _files.Write(role, offered, file);
            Renew();
        }
    }

    /// <summary>Publishes what was put into the folder, and signs anew what has lived through half of its life.</summary>
    public void Renew()
    {
        lock (_gate)
        {
            var now = _time.GetUtcNow();
            if (_state is { } state && IsFresh(state, now)) return;
            try
            {
                if (_keys is not null) RenewHeld(_keys, now);
                if (_files.Newest(TargetsMetadata.Type) is { } targets) Publish(targets, now);
            }
            catch (UpdateException e)
            {
                _logger.ImagesRefused(_folder, e.Message);
            }
        }
    }

    public void Dispose() => _keys?.Dispose();

    private bool IsFresh(ImageState state, DateTimeOffset now) =>
        state.Root.Header.Version == _files.NewestVersion(RootMetadata.Type)
        && state.Targets.Header.Version == _files.NewestVersion(TargetsMetadata.Type)
        && IsYoung(state.Timestamp.Header, TimestampLife, now) && IsYoung(state.Snapshot.Header, Life, now)
        && (_keys is null || IsYoung(state.Targets.Header, Life, now))
        && state.Delegated.All(role => role.Newest == _files.NewestVersion(role.Name) && (role.Targets?.Header.Expires ?? now.AddTicks(1)) > now);

    private bool IsPublished(string role) =>
        role is RootMetadata.Type or TargetsMetadata.Type or SnapshotMetadata.Type || _state?.Targets.Delegations?.OfTargets(role) is not null;

    private static bool IsYoung(RoleHeader header, TimeSpan life, DateTimeOffset now) => header.Expires - now > life / 2;

    private void RenewHeld(ImageKeys keys, DateTimeOffset now)
    {
        using var online = HeldKey.LoadOrMake(OnlineKey, _logger);
        HeldRoot.Renewed(_files, keys.Root, keys.RolesWith(online), now);
        var targets = _files.Newest(TargetsMetadata.Type) is { } bytes ? TargetsMetadata.Read(bytes).Body : null;
        if (targets is null || !IsYoung(targets.Header, Life, now)) WriteTargets(SignTargets(targets?.Targets.Values ?? [], now));
    }

    private byte[] SignTargets(IEnumerable<TargetFile> files, DateTimeOffset now) =>
        MetadataWriter.Sign(MetadataWriter.Targets(_files.NewestVersion(TargetsMetadata.Type) + 1, now + Life, files), _keys!.Targets);

    private void WriteTargets(byte[] targets) => _files.Write(TargetsMetadata.Type, TargetsMetadata.Read(targets).Body.Header.Version, targets);

    /// <exception cref="UpdateException">A device that knows the present state would refuse the new one; nothing is written.</exception>
    private void Publish(byte[] targets, DateTimeOffset now)
    {
        var root = _files.Newest(RootMetadata.Type)!;
        var oldTimestamp = File.Exists(TimestampFile) ? File.ReadAllBytes(TimestampFile) : null;
        var before = oldTimestamp is null ? null : TimestampMetadata.Read(oldTimestamp).Body;
        var oldSnapshot = before is null ? null : _files.Find(SnapshotMetadata.Type, before.Snapshot.Version);
        var body = TargetsMetadata.Read(targets).Body;
        var version = body.Header.Version;
        var listedBefore = oldSnapshot is null ? null : SnapshotMetadata.Read(oldSnapshot).Body;
        var roles = DelegatedFiles.Roles(body).Select(role => (Role: role, File: DelegatedFiles.Usable(_files, role, listedBefore, now))).ToList();
        var listed = DelegatedFiles.Listed(listedBefore, roles);

        var device = Remembering(root, oldTimestamp, oldSnapshot, now);
        var keepsSnapshot = device.Snapshot is { } known && device.Listed(TargetsMetadata.Type).Version == version
            && IsYoung(known.Header, Life, now) && listed.All(file => known.Files.GetValueOrDefault(file.Key)?.Version == file.Value.Version);
        var keepsTimestamp = keepsSnapshot && IsYoung(device.Timestamp!.Header, TimestampLife, now);
        using var online = HeldKey.Load(OnlineKey);
        var snapshotVersion = keepsSnapshot ? before!.Snapshot.Version : _files.NewestVersion(SnapshotMetadata.Type) + 1;
        var snapshot = keepsSnapshot
            ? oldSnapshot! : MetadataWriter.Sign(MetadataWriter.Snapshot(snapshotVersion, now + Life, version, targets, listed), online);
        var timestamp = keepsTimestamp
            ? oldTimestamp! : MetadataWriter.Sign(
                MetadataWriter.Timestamp((before?.Header.Version ?? 0) + 1, now + TimestampLife, snapshotVersion, snapshot), online);

        device = Remembering(root, oldTimestamp, oldSnapshot, now);
        device.AcceptTimestamp(timestamp);
        device.AcceptSnapshot(snapshot);
        var accepted = device.AcceptTargets(targets);
        var delegated = roles.Select(role => new DelegatedState(
            role.Role.Name, _files.NewestVersion(role.Role.Name), role.File is null ? null : device.AcceptDelegated(role.Role, role.File)));
        var state = new ImageState(device.Root, device.Timestamp!, device.Snapshot!, accepted, [.. delegated]);

        if (_files.Find(TargetsMetadata.Type, version) is null) WriteTargets(targets);
        if (!keepsSnapshot) _files.Write(SnapshotMetadata.Type, snapshotVersion, snapshot);
        if (!keepsTimestamp) AtomicFile.Write(TimestampFile, timestamp);
        _state = state;
        _logger.ImagesPublished(version, state.Targets.Targets.Count, snapshotVersion, state.Timestamp.Header.Version);
        foreach (var role in state.Delegated.Where(static role => role.Targets is null)) _logger.RoleRefused(role.Name, role.Newest);
        _files.Prune(SnapshotMetadata.Type, Kept);
        if (_keys is not null) _files.Prune(TargetsMetadata.Type, Kept);
    }

    /// <summary>A device that has seen the state before.</summary>
    private static TrustedMetadata Remembering(byte[] root, byte[]? timestamp, byte[]? snapshot, DateTimeOffset now)
    {
        var device = TrustedMetadata.Begin(root, now);
        device.EndRoots();
        if (timestamp is not null) device.RecallTimestamp(timestamp);
        if (snapshot is not null && device.Timestamp is not null) device.RecallSnapshot(snapshot);
        return device;
    }
}
