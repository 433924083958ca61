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

    /// <summary>Keeps targets until the root's targets keys have signed them by their threshold; then they are the present ones.</summary>
    public bool TakeTargets(byte[] next)
    {
        if (Signers.OfTargets(Root, next).Count >= Root.Targets.Threshold)
        {
            Publish(TargetsMetadata.Type, TargetsMetadata.Read(next).Body.Header.Version, next);
            _targets = next;
            return true;
        }

        Stage(TargetsMetadata.Type, next);
        return false;
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

    private byte[]? Staged(string role)
    {
        var path = Path.Combine(_folder, $"{StagedPrefix}{role}.json");
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    private void Stage(string role, byte[] bytes) => AtomicFile.Write(Path.Combine(_folder, $"{StagedPrefix}{role}.json"), bytes);

    private void Publish(string role, long version, byte[] bytes)
    {
        new VersionedFiles(_folder).Write(role, version, bytes);
        File.Delete(Path.Combine(_folder, $"{StagedPrefix}{role}.json"));
    }

    private static byte[] Newest(string folder, string role) =>
        new VersionedFiles(folder).Newest(role) ?? throw new FileNotFoundException($"{folder} holds no {role}: run hmas keys init first");
}
