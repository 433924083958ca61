using System.Globalization;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework.Client;

/// <summary>The loop around <see cref="TrustedMetadata"/>: fetches, lets it decide, keeps what was
/// accepted before it goes on (specification 5).</summary>
/// <remarks>One instance is one update. An update that fails leaves everything trusted so far on disk; the next one starts from there.</remarks>
public sealed class UpdateClient
{
    private readonly MetadataFolder _folder;
    private readonly Mirrors _mirrors;
    private readonly HttpFetcher _fetcher;
    private readonly UpdateLimits _limits;
    private readonly TrustedMetadata _trusted;
    private TargetsMetadata? _targets;

    /// <param name="time">Asked once: the update's start time.</param>
    /// <exception cref="UpdateException">The folder holds no root to start from, or one that its own keys did not sign.</exception>
    public UpdateClient(MetadataFolder folder, Mirrors mirrors, HttpFetcher fetcher, UpdateLimits limits, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(time);
        _folder = folder;
        _mirrors = mirrors;
        _fetcher = fetcher;
        _limits = limits;
        var root = folder.Read(RootMetadata.Type, limits.MaxRootBytes)
            ?? throw new UpdateException(UpdateReason.NotFound, "there is no trusted root: run init first");
        _trusted = TrustedMetadata.Begin(root, time.GetUtcNow());
    }

    /// <summary>The top-level targets role. After <see cref="RefreshAsync"/>.</summary>
    public TargetsMetadata Targets => _targets ?? throw new InvalidOperationException("refresh first");

    /// <summary>Makes a root, brought by another way than the network, the one to start from.</summary>
    /// <exception cref="UpdateException">Not a root, or not signed by its own threshold.</exception>
    public static void Initialise(MetadataFolder folder, byte[] root)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var version = TrustedMetadata.Begin(root, DateTimeOffset.MinValue).Root.Header.Version;
        folder.KeepRoot(version, root);
    }

    /// <summary>Brings the top-level metadata up to date (5.3 to 5.6).</summary>
    /// <exception cref="UpdateException">Some step was refused; the steps before it are kept.</exception>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        await UpdateRootAsync(cancellation);
        await UpdateTimestampAsync(cancellation);
        await UpdateSnapshotAsync(cancellation);
        _targets = await LoadTargetsAsync(TargetsMetadata.Type, TargetsMetadata.Type, bytes => _trusted.AcceptTargets(bytes), cancellation);
    }

    /// <summary>What trusted roles say of a target (5.6.7). After <see cref="RefreshAsync"/>.</summary>
    /// <exception cref="UpdateException">No trusted role lists it, or a role on the way was refused.</exception>
    public async Task<TargetFile> FindAsync(string targetPath, CancellationToken cancellation)
    {
        var search = new TargetSearch(targetPath, _limits.MaxDelegatedRoles);
        var target = search.Enter(TargetsMetadata.Type, Targets);
        while (target is null)
        {
            var role = search.Next() ?? throw new UpdateException(UpdateReason.NotFound, $"no trusted role lists '{targetPath}'");
            var metadata = await LoadTargetsAsync(
                role.Name, MetadataFolder.NameOf(role), bytes => _trusted.AcceptDelegated(role, bytes), cancellation);
            target = search.Enter(role.Name, metadata);
        }

        return target;
    }

    /// <summary>Brings a target into a folder, unless it is there already (5.7).</summary>
    /// <returns>The file's path. It appears there as a whole, once its length and hashes held.</returns>
    /// <exception cref="UpdateException">No mirror gave the very file; an older one in the folder stands.</exception>
    public Task<string> DownloadAsync(TargetFile target, Mirrors mirrors, TargetFolder targets, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(targets);
        return targets.BringAsync(target, mirrors, _fetcher, _trusted.Root.ConsistentSnapshot, cancellation);
    }

    private async Task UpdateRootAsync(CancellationToken cancellation)
    {
        for (var round = 0; round < _limits.MaxRootRotations; round++)
        {
            var version = _trusted.Root.Header.Version + 1;
            if (!await TryFetchAsync($"{Digits(version)}.root.json", _limits.MaxRootBytes, bytes => KeepRoot(version, bytes), cancellation)) break;
        }

        _trusted.EndRoots();
    }

    private void KeepRoot(long version, byte[] bytes)
    {
        if (_trusted.AcceptRoot(bytes))
        {
            _folder.Forget(TimestampMetadata.Type);
            _folder.Forget(SnapshotMetadata.Type);
        }

        _folder.KeepRoot(version, bytes);
    }

    private async Task UpdateTimestampAsync(CancellationToken cancellation)
    {
        if (_folder.Read(TimestampMetadata.Type, _limits.MaxTimestampBytes) is { } kept) _trusted.RecallTimestamp(kept);
        await FetchAsync("timestamp.json", _limits.MaxTimestampBytes, bytes =>
        {
            if (_trusted.AcceptTimestamp(bytes)) _folder.Keep(TimestampMetadata.Type, bytes);
        }, cancellation);
    }

    private async Task UpdateSnapshotAsync(CancellationToken cancellation)
    {
        if (_folder.Read(SnapshotMetadata.Type, _limits.MaxStatedBytes) is { } kept && _trusted.RecallSnapshot(kept)) return;
        var named = _trusted.Timestamp!.Snapshot;
        await FetchAsync(FileName(SnapshotMetadata.Type, named.Version), Cap(named, _limits.MaxSnapshotBytes), bytes =>
        {
            _trusted.AcceptSnapshot(bytes);
            _folder.Keep(SnapshotMetadata.Type, bytes);
        }, cancellation);
    }

    /// <summary>A targets role from disk when that is still the listed one, otherwise from the repository.</summary>
    private async Task<TargetsMetadata> LoadTargetsAsync(
        string role, string keptName, Func<byte[], TargetsMetadata> accept, CancellationToken cancellation)
    {
        if (Recall(keptName, accept) is { } recalled) return recalled;
        var listed = _trusted.Listed(role);
        TargetsMetadata? loaded = null;
        await FetchAsync(FileName(Uri.EscapeDataString(role), listed.Version), Cap(listed, _limits.MaxTargetsBytes), bytes =>
        {
            loaded = accept(bytes);
            _folder.Keep(keptName, bytes);
        }, cancellation);
        return loaded!;
    }

    private TargetsMetadata? Recall(string keptName, Func<byte[], TargetsMetadata> accept)
    {
        try
        {
            return _folder.Read(keptName, _limits.MaxStatedBytes) is { } kept ? accept(kept) : null;
        }
        catch (UpdateException)
        {
            // Outdated, or another delegator's: the repository is asked, and what it gives decides.
            return null;
        }
    }

    private Task FetchAsync(string path, long maxBytes, Action<byte[]> accept, CancellationToken cancellation) =>
        _mirrors.FirstAsync(path, async url => accept(await _fetcher.ReadAsync(url, maxBytes, cancellation)));

    private async Task<bool> TryFetchAsync(string path, long maxBytes, Action<byte[]> accept, CancellationToken cancellation)
    {
        try
        {
            await FetchAsync(path, maxBytes, accept, cancellation);
            return true;
        }
        catch (UpdateException e) when (e.Reason == UpdateReason.NotFound)
        {
            return false;
        }
    }

    private long Cap(MetadataVersion listed, int unstated) => Math.Min(listed.Facts.Length ?? unstated, _limits.MaxStatedBytes);

    private string FileName(string role, long version) => _trusted.Root.ConsistentSnapshot ? $"{Digits(version)}.{role}.json" : $"{role}.json";

    private static string Digits(long version) => version.ToString(CultureInfo.InvariantCulture);
}
