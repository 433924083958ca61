using System.Text.Json;
using Cloud.Hub.Bus;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Trust;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>The artefacts that are models: signed packages that fit their manifests.</summary>
internal sealed class ModelRegistry(
    ArtefactRegistry artefacts, ArtefactTable table, ArtefactFolder folder, RegistryKey key, EventBus bus, IOptions<RedistributionOptions> options,
    TimeProvider time) : IModelRegistry
{
    private readonly PackageLimits _limits = new() { MaxPackageBytes = options.Value.MaxPackageBytes };

    /// <remarks>Each call gives another number, so that two runs at the same time do not collide; one that is never added leaves a gap.</remarks>
    public Task<long> NextReleaseAsync(string name, CancellationToken cancellation) =>
        table.NextReleaseAsync(ArtefactKind.Model, Ids.Require(name, "model name"), cancellation);

    /// <exception cref="FormatException">The name is no id.</exception>
    /// <exception cref="PackageException">Manifest and model do not fit each other, or are too large.</exception>
    /// <exception cref="InferenceException">ONNX Runtime refuses the model, its tensors are not those of the
    /// manifest, or it answers its recorded probe otherwise.</exception>
    /// <exception cref="ArgumentException">The release of this name is another model already.</exception>
    public async Task<ModelEntry> AddAsync(ModelManifest manifest, ReadOnlyMemory<byte> onnx, string addedBy, CancellationToken cancellation)
    {
        Ids.Require(manifest.Name, "model name");
        var manifestJson = JsonSerializer.SerializeToUtf8Bytes(manifest, ContractsJson.Default.ModelManifest);
        var digest = ModelPackage.DigestOf(manifestJson);
        var package = ModelPackage.Write(manifestJson, [key.Sign(manifestJson)], onnx.Span);
        // What a device would refuse is refused here.
        _ = ModelPackage.Verify(package, digest, [key.PublicKey], _limits);
        ProbeRun.Verify(manifest, onnx.Span);
        var facts = JsonSerializer.Serialize(ModelMeasurement.Of(manifest, onnx.Span), RedistributionJson.Options);

        var isNew = table.Find(digest) is null;
        var entry = new ArtefactEntry(
            digest, ArtefactKind.Model, manifest.Name, manifest.Release, package.Length, manifest.HardwareClasses, time.GetUtcNow(), addedBy,
            Quarantined: false);
        var stored = await artefacts.ListAsync(
            entry, new ArtefactSource(manifestJson, manifest.Lineage.Licence, facts),
            () => { folder.Put(digest, package); return Task.CompletedTask; }, cancellation);
        if (isNew) bus.Publish(new Bus.ModelRegistered(digest, manifest with { Probe = null }));
        return Model(stored);
    }

    public Task<ModelEntry?> FindAsync(string digest, CancellationToken cancellation) =>
        Task.FromResult(table.Find(digest) is { Kind: ArtefactKind.Model } entry ? Model(entry) : null);

    public Task<IReadOnlyList<ModelEntry>> ListAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ModelEntry>>([.. table.List(ArtefactKind.Model).Select(Model)]);

    public async Task<ReadOnlyMemory<byte>?> PackageAsync(string digest, CancellationToken cancellation)
    {
        if (table.Find(digest) is not { Kind: ArtefactKind.Model } || await artefacts.PathAsync(digest, cancellation) is not { } path)
            return null;    // not in a conditional expression: there null would be an array's, and so an empty package
        return await File.ReadAllBytesAsync(path, cancellation);
    }

    /// <summary>Without the recorded probe: it is for devices, and a list of models would be heavy with it.</summary>
    private ModelEntry Model(ArtefactEntry entry)
    {
        var manifest = JsonSerializer.Deserialize(table.Manifest(entry.Digest)!, ContractsJson.Default.ModelManifest)!;
        return new ModelEntry(entry.Digest, manifest with { Probe = null }, entry.Bytes, entry.AddedAt, entry.AddedBy, entry.Quarantined);
    }
}
