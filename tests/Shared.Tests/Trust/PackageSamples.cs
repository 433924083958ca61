using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using Hmas.Trust;

namespace Shared.Tests.Trust;

/// <summary>A small valid package and its parts, made anew with a key of one's own.</summary>
internal sealed class PackageSamples : IDisposable
{
    public PackageSamples()
    {
        Onnx = [.. Enumerable.Range(0, 300).Select(i => (byte)(i * 7))];
        ManifestJson = JsonSerializer.SerializeToUtf8Bytes(Manifest(Onnx), ContractsJson.Default.ModelManifest);
        Digest = ModelPackage.DigestOf(ManifestJson);
        Package = Pack(ManifestJson, Onnx);
    }

    public SigningKey Key { get; } = SigningKey.Create();

    public byte[] Onnx { get; }

    public byte[] ManifestJson { get; }

    public string Digest { get; }

    public byte[] Package { get; }

    public static ModelManifest Manifest(byte[] onnx) => new()
    {
        Name = "pump",
        Release = 3,
        OnnxDigest = ModelPackage.DigestOf(onnx),
        OnnxBytes = onnx.Length,
        Channels = ["current", "flow"],
        RateHz = 1,
        Window = new WindowSpec(32, 1),
        Recipe = new FeatureRecipe(),
        Input = new TensorSpec("x", [1, 2, 32]),
        Output = new TensorSpec("y", [1, 2, 32]),
        Head = ModelHead.Reconstruction,
        Threshold = new ThresholdPolicy(),
        Precision = "float32",
        Lineage = new Lineage { RunId = "run-1", CreatedAt = DateTimeOffset.UnixEpoch, CodeVersion = "0.1.0" },
    };

    public byte[] Pack(byte[] manifestJson, byte[] onnx) =>
        ModelPackage.Write(manifestJson, [new PackageSignature(Key.PublicKey, Key.Sign(manifestJson))], onnx);

    public VerifiedPackage Verify(byte[] package) => ModelPackage.Verify(package, Digest, [Key.PublicKey], new PackageLimits());

    public string RefusalOf(byte[] package) => Assert.Throws<PackageException>(() => Verify(package)).Reason;

    public void Dispose() => Key.Dispose();
}
