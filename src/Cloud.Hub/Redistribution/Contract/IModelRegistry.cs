using Hmas.Contracts.Models;

namespace Cloud.Hub.Redistribution.Contract;

/// <summary>Immutable packages by digest.</summary>
public interface IModelRegistry
{
    /// <summary>The next release number of a name.</summary>
    Task<long> NextReleaseAsync(string name, CancellationToken cancellation);

    /// <summary>Checks, signs and stores a model; the same bytes twice give the same entry.</summary>
    Task<ModelEntry> AddAsync(ModelManifest manifest, ReadOnlyMemory<byte> onnx, string addedBy, CancellationToken cancellation);

    Task<ModelEntry?> FindAsync(string digest, CancellationToken cancellation);

    /// <summary>Newest first.</summary>
    Task<IReadOnlyList<ModelEntry>> ListAsync(CancellationToken cancellation);

    /// <summary>The whole package file; null when unknown.</summary>
    Task<ReadOnlyMemory<byte>?> PackageAsync(string digest, CancellationToken cancellation);
}

/// <param name="Manifest">Without its recorded probe, which is in the package.</param>
public sealed record ModelEntry(string Digest, ModelManifest Manifest, long PackageBytes, DateTimeOffset AddedAt, string AddedBy, bool Quarantined);
