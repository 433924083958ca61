using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using Hmas.Trust;

namespace Cloud.Hub.Tests.Learning.Service;

/// <summary>A registry in memory with real packages and a real key.</summary>
internal sealed class MemoryRegistry : IModelRegistry, IDisposable
{
    private readonly Dictionary<string, (ModelEntry Entry, byte[] Package)> _models = [];
    private readonly SigningKey _key = SigningKey.Create();

    public Task<long> NextReleaseAsync(string name, CancellationToken cancellation) => Task.FromResult(_models.Count + 1L);

    public Task<ModelEntry> AddAsync(ModelManifest manifest, ReadOnlyMemory<byte> onnx, string addedBy, CancellationToken cancellation)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, ContractsJson.Default.ModelManifest);
        var digest = ModelPackage.DigestOf(json);
        var package = ModelPackage.Write(json, [new PackageSignature(_key.PublicKey, _key.Sign(json))], onnx.Span);
        ModelPackage.Verify(package, digest, [_key.PublicKey], new PackageLimits());
        var entry = new ModelEntry(digest, manifest, package.Length, DateTimeOffset.UnixEpoch, addedBy, false);
        _models[digest] = (entry, package);
        return Task.FromResult(entry);
    }

    public Task<ModelEntry?> FindAsync(string digest, CancellationToken cancellation) =>
        Task.FromResult(_models.TryGetValue(digest, out var found) ? found.Entry : null);

    public Task<IReadOnlyList<ModelEntry>> ListAsync(CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<ModelEntry>>([.. _models.Values.Select(m => m.Entry)]);

    public Task<ReadOnlyMemory<byte>?> PackageAsync(string digest, CancellationToken cancellation) =>
        Task.FromResult(_models.TryGetValue(digest, out var found) ? (ReadOnlyMemory<byte>?)found.Package : null);

    public void Dispose() => _key.Dispose();
}
