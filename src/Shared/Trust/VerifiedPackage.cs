using Hmas.Contracts.Models;

namespace Hmas.Trust;

/// <summary>A package whose digest, signature and contents held.</summary>
/// <param name="Digest"><c>sha256:hex</c> of the manifest bytes.</param>
/// <param name="Onnx">A slice of the bytes that were given; valid as long as they are.</param>
public sealed record VerifiedPackage(string Digest, ModelManifest Manifest, ReadOnlyMemory<byte> Onnx);
