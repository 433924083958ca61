using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Signatures;

namespace Hmas.Trust.UpdateFramework;

/// <summary>What one update has come to trust so far: the client workflow of specification 5.2 to 5.6 as
/// decisions about bytes, without a clock, a disk or a network.</summary>
/// <remarks>
/// Call in the workflow's order: <see cref="Begin"/>, <see cref="AcceptRoot"/> until there is no newer one,
/// <see cref="EndRoots"/>, the timestamp, the snapshot, the targets.
/// A method that throws has changed nothing. What is recalled from disk is verified as what comes from the network is;
/// its age only decides whether it may be used or is merely a memory of versions.
/// </remarks>
public sealed class TrustedMetadata
{
    private readonly DateTimeOffset _startTime;
    private SnapshotMetadata? _remembered;

    private TrustedMetadata(RootMetadata root, DateTimeOffset startTime)
    {
        Root = root;
        _startTime = startTime;
    }

    public RootMetadata Root { get; private set; }

    /// <summary>Null until one was recalled or accepted.</summary>
    public TimestampMetadata? Timestamp { get; private set; }

    /// <summary>Null until one belongs to the present timestamp.</summary>
    public SnapshotMetadata? Snapshot { get; private set; }

    /// <summary>Starts from the root that is already trusted. It must be signed by itself; its expiry does not matter yet (5.2, 5.3).</summary>
    /// <param name="startTime">The one moment against which everything expires in this update (5.1).</param>
    /// <exception cref="UpdateException">Not a root, or not signed by its own threshold.</exception>
    public static TrustedMetadata Begin(ReadOnlyMemory<byte> trustedRoot, DateTimeOffset startTime)
    {
        var root = RootMetadata.Read(trustedRoot);
        Threshold.Require(root, root.Body.Root, root.Body.Keys, "the trusted root");
        return new TrustedMetadata(root.Body, startTime);
    }

    /// <summary>Takes the next root: signed by the old threshold and the new one, version exactly one higher (5.3.4, 5.3.5).</summary>
    /// <returns>Whether the kept timestamp and snapshot must be forgotten, <b>before</b> this root is kept: a key of
    /// theirs was taken away, so their versions may be an attacker's (5.3.11).</returns>
    /// <exception cref="UpdateException">Not accepted.</exception>
    public bool AcceptRoot(ReadOnlyMemory<byte> bytes)
    {
        var next = RootMetadata.Read(bytes);
        var version = Root.Header.Version + 1;
        Threshold.Require(next, Root.Root, Root.Keys, $"root {version}, asked of root {Root.Header.Version},");
        Threshold.Require(next, next.Body.Root, next.Body.Keys, $"root {version}, asked of itself,");
        if (next.Body.Header.Version != version)
            throw new UpdateException(UpdateReason.Rollback, $"root has version {next.Body.Header.Version}, {version} must follow");
        var forget = Root.LosesAKeyIn(next.Body, static root => root.Timestamp) || Root.LosesAKeyIn(next.Body, static root => root.Snapshot);
        Root = next.Body;
        return forget;
    }

    /// <summary>There is no newer root; the last one must not have expired (5.3.10).</summary>
    /// <exception cref="UpdateException"><see cref="UpdateReason.Expired"/>.</exception>
    public void EndRoots() => RequireFresh(Root.Header);

    /// <summary>Remembers the timestamp of an earlier update; one that the present root does not vouch for is as good as none.</summary>
    public void RecallTimestamp(ReadOnlyMemory<byte> kept)
    {
        if (Attempt(() => ReadTimestamp(kept)) is { } timestamp) Timestamp = timestamp;
    }

    /// <summary>Takes a timestamp (5.4).</summary>
    /// <returns>False when it is the version already known: that one stays, and this one must not be kept.</returns>
    /// <exception cref="UpdateException">Not accepted, or the known one that would stay has expired.</exception>
    public bool AcceptTimestamp(ReadOnlyMemory<byte> bytes)
    {
        var next = ReadTimestamp(bytes);
        if (Timestamp is { } known)
        {
            RequireNotOlder("timestamp", known.Header.Version, next.Header.Version);
            if (known.Header.Version == next.Header.Version)
            {
                RequireFresh(known.Header);
                return false;
            }

            RequireNotOlder("the snapshot that timestamp names", known.Snapshot.Version, next.Snapshot.Version);
        }

        RequireFresh(next.Header);
        Timestamp = next;
        return true;
    }

    /// <summary>Remembers the snapshot of an earlier update, and uses it when it is the one the timestamp names.</summary>
    /// <returns>Whether it is; otherwise a new one must be fetched.</returns>
    public bool RecallSnapshot(ReadOnlyMemory<byte> kept)
    {
        _remembered = Attempt(() => ReadSnapshot(kept));
        if (_remembered is null) return false;
        Snapshot = Attempt(() => RequireCurrent(_remembered, kept));
        return Snapshot is not null;
    }

    /// <summary>Takes the snapshot that the timestamp names: hash, signatures, version, nothing older or gone, expiry, in this order (5.5).</summary>
    /// <exception cref="UpdateException">Not accepted.</exception>
    public void AcceptSnapshot(ReadOnlyMemory<byte> bytes)
    {
        FileCheck.Require(bytes.Span, NamedSnapshot.Facts, "snapshot");
        var next = RequireCurrent(ReadSnapshot(bytes), bytes);
        foreach (var (file, known) in _remembered?.Files ?? new Dictionary<string, MetadataVersion>())
        {
            if (!next.Files.TryGetValue(file, out var listed)) throw new UpdateException(UpdateReason.Rollback, $"snapshot lists {file} no more");
            RequireNotOlder(file, known.Version, listed.Version);
        }

        Snapshot = next;
    }

    /// <summary>How the snapshot lists a role's file.</summary>
    /// <exception cref="UpdateException">It does not.</exception>
    public MetadataVersion Listed(string role)
    {
        var snapshot = Snapshot ?? throw new InvalidOperationException("the snapshot comes before the targets");
        return snapshot.Files.TryGetValue($"{role}.json", out var listed)
            ? listed : throw new UpdateException(UpdateReason.NotFound, $"snapshot does not list {role}.json");
    }

    /// <summary>Takes the top-level targets role (5.6).</summary>
    /// <exception cref="UpdateException">Not accepted.</exception>
    public TargetsMetadata AcceptTargets(ReadOnlyMemory<byte> bytes) => ReadTargets(bytes, TargetsMetadata.Type, Root.Targets, Root.Keys, "root");

    /// <summary>Takes a delegated role, by the keys of the very role that delegates to it here (5.6.7).</summary>
    /// <exception cref="UpdateException">Not accepted.</exception>
    public TargetsMetadata AcceptDelegated(DelegatedRole role, ReadOnlyMemory<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(role);
        return ReadTargets(bytes, role.Name, role.Delegation.Keys, role.Keys, role.Delegator);
    }

    private TargetsMetadata ReadTargets(
        ReadOnlyMemory<byte> bytes, string role, RoleKeys keys, IReadOnlyDictionary<string, VerificationKey> known, string delegator)
    {
        var listed = Listed(role);
        FileCheck.Require(bytes.Span, listed.Facts, role);
        var file = TargetsMetadata.Read(bytes);
        Threshold.Require(file, keys, known, $"{role}, delegated by {delegator},");
        if (file.Body.Header.Version != listed.Version)
            throw new UpdateException(UpdateReason.Mismatch, $"{role} has version {file.Body.Header.Version}, snapshot lists {listed.Version}");
        RequireFresh(file.Body.Header);
        return file.Body;
    }

    private TimestampMetadata ReadTimestamp(ReadOnlyMemory<byte> bytes)
    {
        var file = TimestampMetadata.Read(bytes);
        Threshold.Require(file, Root.Timestamp, Root.Keys, "timestamp");
        return file.Body;
    }

    private SnapshotMetadata ReadSnapshot(ReadOnlyMemory<byte> bytes)
    {
        var file = SnapshotMetadata.Read(bytes);
        Threshold.Require(file, Root.Snapshot, Root.Keys, "snapshot");
        return file.Body;
    }

    private MetadataVersion NamedSnapshot => (Timestamp ?? throw new InvalidOperationException("the timestamp comes before the snapshot")).Snapshot;

    private SnapshotMetadata RequireCurrent(SnapshotMetadata snapshot, ReadOnlyMemory<byte> bytes)
    {
        FileCheck.Require(bytes.Span, NamedSnapshot.Facts, "snapshot");
        if (snapshot.Header.Version != NamedSnapshot.Version)
            throw new UpdateException(
                UpdateReason.Mismatch, $"snapshot has version {snapshot.Header.Version}, timestamp names {NamedSnapshot.Version}");
        RequireFresh(snapshot.Header);
        return snapshot;
    }

    private void RequireFresh(RoleHeader header)
    {
        if (header.Expires <= _startTime)
            throw new UpdateException(
                UpdateReason.Expired, $"{header.Type} {header.Version} expired at {header.Expires:u}, the update began at {_startTime:u}");
    }

    private static void RequireNotOlder(string what, long known, long found)
    {
        if (found < known) throw new UpdateException(UpdateReason.Rollback, $"{what} has version {found}, {known} was already trusted");
    }

    /// <summary>Null when the kept file is refused: it is then fetched anew, and whether that is an error shows there.</summary>
    private static T? Attempt<T>(Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (UpdateException)
        {
            return null;
        }
    }
}
