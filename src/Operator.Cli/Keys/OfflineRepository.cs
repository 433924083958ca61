using Hmas.Storage;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.UpdateFramework.Repository;

namespace Operator.Cli.Keys;

/// <summary>The offline half of an image repository as files: every root and targets version, and what waits for more
/// signatures. It holds no secret but <c>online.key</c>, which belongs on the hub.</summary>
internal sealed class OfflineRepository
{
    private const string StagedPrefix = "staged.";

    private readonly string _folder;
    private byte[] _root;
    private byte[]? _targets;

    private OfflineRepository(string folder, byte[] root, byte[]? targets) => (_folder, _root, _targets) = (folder, root, targets);

    public RootMetadata Root => RootMetadata.Read(_root).Body;

    /// <exception cref="UpdateException">It is a director's.</exception>
    public TargetsMetadata Targets =>
        TargetsMetadata.Read(
            _targets ??
                throw new UpdateException(
                    UpdateReason.NotFound, $"{_folder} is a director's: the hub says what each device gets, nothing is released here")).Body;

    /// <summary>Keepers hold its root alone: the hub's key signs everything below.</summary>
    public bool IsDirector => _targets is null;

    public TopLevelRoles Roles => TopLevelRoles.Of(_root);

    public byte[]? StagedRoot => Staged(RootMetadata.Type);

    public byte[]? StagedTargets => Staged(TargetsMetadata.Type);

    /// <summary>Whom the targets trust for some paths.</summary>
    /// <exception cref="UpdateException">It is a director's.</exception>
    public IReadOnlyList<DelegationTerms> Delegations => Targets.Delegations is null ? [] : DelegationTerms.Of(_targets!);

    public static string OnlineKey(string folder) => Path.Combine(folder, "online.key");

    /// <summary>Where a new online key waits for the root that names it.</summary>
    public static string NextOnlineKey(string folder) => Path.Combine(folder, "next-online.key");

    /// <param name="targets">Null: a director's.</param>
    /// <exception cref="IOException">There is one already.</exception>
    public static OfflineRepository Create(string folder, byte[] root, byte[]? targets)
    {
        if (Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*.json").Any())
            throw new IOException($"{folder} holds a repository already");
        Directory.CreateDirectory(folder);
        var files = new VersionedFiles(folder);
        if (targets is not null) files.Write(TargetsMetadata.Type, 1, targets);
        files.Write(RootMetadata.Type, 1, root);
        return new OfflineRepository(folder, root, targets);
    }

    /// <exception cref="IOException">There is none.</exception>
    /// <exception cref="UpdateException">Its root did not sign itself.</exception>
    public static OfflineRepository Open(string folder)
    {
        var root = Newest(folder, RootMetadata.Type);
        var present = TrustedMetadata.Begin(root, DateTimeOffset.MinValue).Root;
        var isDirector = present.Targets.KeyIds.SequenceEqual(present.Timestamp.KeyIds, StringComparer.Ordinal);
        return new OfflineRepository(folder, root, isDirector ? null : Newest(folder, TargetsMetadata.Type));
    }

    /// <summary>Keeps a root until both the present root keys and its own have signed it by their thresholds; then it is the present one.</summary>
    /// <returns>Whether it is.</returns>
    public bool Take(byte[] nextRoot)
    {
        if (IsWhole(nextRoot))
        {
            Publish(RootMetadata.Type, RootMetadata.Read(nextRoot).Body.Header.Version, nextRoot);
            _root = nextRoot;
            if (File.Exists(NextOnlineKey(_folder))) File.Move(NextOnlineKey(_folder), OnlineKey(_folder), overwrite: true);
            return true;
        }

        Stage(RootMetadata.Type, nextRoot);
        return false;
    }

    /// <summary>A delegated role.</summary>
    /// <exception cref="UpdateException">The targets delegate to none of this name.</exception>
    public DelegatedRole Delegated(string role) =>
        Targets.Delegations?.OfTargets(role) ?? throw new UpdateException(UpdateReason.NotFound, $"the targets delegate to no '{role}'");

    /// <summary>The newest targets of the top-level role or of a delegated one; null while that has signed none.</summary>
    public TargetsMetadata? TargetsOf(string role) => role == TargetsMetadata.Type
        ? Targets : new VersionedFiles(_folder).Newest(role) is { } file ? TargetsMetadata.Read(file).Body : null;

    /// <summary>Version of the next file of a role.</summary>
    public long NextVersion(string role) => new VersionedFiles(_folder).NewestVersion(role) + 1;

    /// <summary>Who must sign the targets of a role.</summary>
    public RoleKeys KeysOf(string role) => role == TargetsMetadata.Type ? Root.Targets : Delegated(role).Delegation.Keys;

    /// <summary>Ids of the keys of a role that have signed a file of its targets.</summary>
    public IReadOnlyList<string> SignersOf(string role, byte[] file) =>
        role == TargetsMetadata.Type ? Signers.OfTargets(Root, file) : Signers.OfDelegated(Delegated(role), file);

    /// <summary>Whether the newest file of a delegated role is signed by its present keys.</summary>
    public bool IsSigned(string role) =>
        new VersionedFiles(_folder).Newest(role) is { } file && SignersOf(role, file).Count >= KeysOf(role).Threshold;

    /// <summary>What waits for more signatures; null: nothing does.</summary>
    public byte[]? Staged(string role)
    {
        var path = StagedPath(role);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    /// <summary>Keeps targets until the role's keys have signed them by their threshold; then they are the present ones.</summary>
    public bool TakeTargets(string role, byte[] next)
    {
        if (SignersOf(role, next).Count < KeysOf(role).Threshold)
        {
            Stage(role, next);
            return false;
        }

        Publish(role, TargetsMetadata.Read(next).Body.Header.Version, next);
        if (role != TargetsMetadata.Type) return true;
        var before = Delegations;
        _targets = next;
        // What a team began under keys that are not trusted any more is worth nothing.
        foreach (var gone in before.Where(terms => !Delegations.Any(now => now.Name == terms.Name))) File.Delete(StagedPath(gone.Name));
        return true;
    }

    private bool IsWhole(byte[] nextRoot)
    {
        try
        {
            TrustedMetadata.Begin(_root, DateTimeOffset.MinValue).AcceptRoot(nextRoot);
            return true;
        }
        catch (UpdateException e) when (e.Reason == UpdateReason.Signature)
        {
            return false;
        }
    }

    private string StagedPath(string role) => Path.Combine(_folder, $"{StagedPrefix}{role}.json");

    private void Stage(string role, byte[] bytes) => AtomicFile.Write(StagedPath(role), bytes);

    private void Publish(string role, long version, byte[] bytes)
    {
        new VersionedFiles(_folder).Write(role, version, bytes);
        File.Delete(StagedPath(role));
    }

    private static byte[] Newest(string folder, string role) =>
        new VersionedFiles(folder).Newest(role) ?? throw new FileNotFoundException($"{folder} holds no {role}: run hmas keys init first");
}
