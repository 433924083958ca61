using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using NSec.Cryptography;

namespace Hmas.Trust;

/// <summary>The package file <c>.hmas</c>: manifest, signatures over it, ONNX bytes (docs/formats/model-package.md).</summary>
public static class ModelPackage
{
    public const int PublicKeyBytes = 32;
    public const int SignatureBytes = 64;

    private static ReadOnlySpan<byte> Magic => "HMASPKG1"u8;

    /// <summary>Name of a package: <c>sha256:</c> and the lower-case hex SHA-256 of its manifest bytes.</summary>
    public static string DigestOf(ReadOnlySpan<byte> manifestJson) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(manifestJson))}";

    /// <summary>The bytes of a package file. Nothing is verified here.</summary>
    /// <param name="manifestJson">UTF-8 JSON of a <see cref="ModelManifest"/>; kept byte for byte, since the digest is over it.</param>
    /// <exception cref="ArgumentException">A key or signature has a wrong length.</exception>
    public static byte[] Write(ReadOnlySpan<byte> manifestJson, IReadOnlyList<PackageSignature> signatures, ReadOnlySpan<byte> onnx)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(signatures.Count, ushort.MaxValue, nameof(signatures));
        var size = Magic.Length + 4L + manifestJson.Length + 2 + ((long)signatures.Count * (PublicKeyBytes + SignatureBytes)) + 4 + onnx.Length;
        var bytes = new byte[size];
        var rest = bytes.AsSpan();
        Put(Magic, ref rest);
        BinaryPrimitives.WriteUInt32LittleEndian(rest, (uint)manifestJson.Length);
        rest = rest[4..];
        Put(manifestJson, ref rest);
        BinaryPrimitives.WriteUInt16LittleEndian(rest, (ushort)signatures.Count);
        rest = rest[2..];
        foreach (var signature in signatures)
        {
            if (signature.PublicKey.Length != PublicKeyBytes || signature.Signature.Length != SignatureBytes)
                throw new ArgumentException(
                    $"a key of {signature.PublicKey.Length} bytes with a signature of {signature.Signature.Length} is not Ed25519",
                    nameof(signatures));
            Put(signature.PublicKey, ref rest);
            Put(signature.Signature, ref rest);
        }

        Put([0, 0, 0, 0], ref rest);
        Put(onnx, ref rest);
        return bytes;
    }

    /// <summary>The package's contents, once everything about them held. Order: sizes, digest,
    /// signature, and only then is the manifest parsed.</summary>
    /// <param name="expectedDigest">What the caller was told to fetch, <c>sha256:hex</c>.</param>
    /// <param name="trustedKeys">Ed25519 public keys, 32 bytes each; one valid signature by one of them is enough.</param>
    /// <exception cref="PackageException">Not accepted; <see cref="PackageException.Reason"/> says why.</exception>
    public static VerifiedPackage Verify(ReadOnlyMemory<byte> package, string expectedDigest, IReadOnlyList<byte[]> trustedKeys, PackageLimits limits)
    {
        ArgumentNullException.ThrowIfNull(trustedKeys);
        return Read(package, expectedDigest, trustedKeys, limits);
    }

    /// <summary>As <see cref="Verify"/>, but whoever signed it: for a reader that took the package out of its own registry.</summary>
    /// <exception cref="PackageException">Not accepted; <see cref="PackageException.Reason"/> says why.</exception>
    public static VerifiedPackage Open(ReadOnlyMemory<byte> package, string expectedDigest, PackageLimits limits) =>
        Read(package, expectedDigest, null, limits);

    private static VerifiedPackage Read(ReadOnlyMemory<byte> package, string expectedDigest, IReadOnlyList<byte[]>? trustedKeys, PackageLimits limits)
    {
        ArgumentNullException.ThrowIfNull(expectedDigest);
        ArgumentNullException.ThrowIfNull(limits);
        if (package.Length > limits.MaxPackageBytes)
            throw new PackageException(PackageReason.TooLarge, $"package of {package.Length} bytes is beyond the limit of {limits.MaxPackageBytes}");
        var rest = package.Span;
        var manifestJson = TakeManifest(ref rest, limits);
        var digest = DigestOf(manifestJson);
        if (!string.Equals(digest, expectedDigest, StringComparison.Ordinal))
            throw new PackageException(PackageReason.DigestMismatch, $"manifest is {digest}, expected {expectedDigest}");
        VerifySignatures(ref rest, manifestJson, trustedKeys, limits);
        if (BinaryPrimitives.ReadUInt32LittleEndian(Take(ref rest, 4, "reserved")) != 0)
            throw new PackageException(PackageReason.Format, "reserved field is not zero");
        var manifest = Parse(manifestJson);
        RequireOnnx(manifest, rest);
        return new VerifiedPackage(digest, manifest, package[^rest.Length..]);
    }

    /// <summary>Digest and manifest of a package whose digest is not known from elsewhere, <b>before any
    /// trust</b>: enough to name it, then <see cref="Verify"/> it.</summary>
    /// <exception cref="PackageException">Not a package file, or no readable manifest.</exception>
    public static (string Digest, ModelManifest Manifest) Peek(ReadOnlySpan<byte> package, PackageLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var manifestJson = TakeManifest(ref package, limits);
        return (DigestOf(manifestJson), Parse(manifestJson));
    }

    private static ReadOnlySpan<byte> TakeManifest(ref ReadOnlySpan<byte> rest, PackageLimits limits)
    {
        if (!Take(ref rest, Magic.Length, "magic").SequenceEqual(Magic))
            throw new PackageException(PackageReason.Format, "file does not begin with HMASPKG1");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(Take(ref rest, 4, "manifest length"));
        return length <= (uint)limits.MaxManifestBytes
            ? Take(ref rest, (int)length, "manifest")
            : throw new PackageException(PackageReason.TooLarge, $"manifest of {length} bytes is beyond the limit of {limits.MaxManifestBytes}");
    }

    private static void VerifySignatures(
        ref ReadOnlySpan<byte> rest, scoped ReadOnlySpan<byte> manifestJson, IReadOnlyList<byte[]>? trustedKeys, PackageLimits limits)
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(Take(ref rest, 2, "signature count"));
        if (count > limits.MaxSignatures)
            throw new PackageException(PackageReason.TooLarge, $"{count} signatures are beyond the limit of {limits.MaxSignatures}");
        var trusted = trustedKeys is null;
        for (var i = 0; i < count; i++)
        {
            var publicKey = Take(ref rest, PublicKeyBytes, $"key {i}");
            var signature = Take(ref rest, SignatureBytes, $"signature {i}");
            trusted = trusted || (IsTrusted(publicKey, trustedKeys!) && IsSignedBy(publicKey, manifestJson, signature));
        }

        if (!trusted)
            throw new PackageException(
                PackageReason.Signature, $"none of {count} signatures is valid and by one of {trustedKeys!.Count} trusted keys");
    }

    private static bool IsTrusted(ReadOnlySpan<byte> publicKey, IReadOnlyList<byte[]> trustedKeys)
    {
        foreach (var key in trustedKeys)
        {
            if (publicKey.SequenceEqual(key)) return true;
        }

        return false;
    }

    private static bool IsSignedBy(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        PublicKey.TryImport(SignatureAlgorithm.Ed25519, publicKey, KeyBlobFormat.RawPublicKey, out var key)
        && SignatureAlgorithm.Ed25519.Verify(key!, data, signature);

    private static ModelManifest Parse(ReadOnlySpan<byte> manifestJson)
    {
        ModelManifest manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(manifestJson, ContractsJson.Default.ModelManifest)
                ?? throw new PackageException(PackageReason.Manifest, "manifest is the word null");
        }
        catch (JsonException e)
        {
            throw new PackageException(PackageReason.Manifest, $"manifest at {e.Path}, line {e.LineNumber}: {e.Message}", e);
        }

        return ManifestRules.Fault(manifest) is { } fault ? throw new PackageException(PackageReason.Manifest, $"manifest {fault}") : manifest;
    }

    private static void RequireOnnx(ModelManifest manifest, ReadOnlySpan<byte> onnx)
    {
        if (onnx.Length < manifest.OnnxBytes)
            throw new PackageException(PackageReason.Truncated, $"model has {onnx.Length} bytes, the manifest says {manifest.OnnxBytes}");
        if (onnx.Length > manifest.OnnxBytes)
            throw new PackageException(PackageReason.TooLarge, $"model has {onnx.Length} bytes, the manifest says {manifest.OnnxBytes}");
        var digest = DigestOf(onnx);
        if (!string.Equals(digest, manifest.OnnxDigest, StringComparison.Ordinal))
            throw new PackageException(PackageReason.DigestMismatch, $"model is {digest}, the manifest says {manifest.OnnxDigest}");
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int count, string field)
    {
        if (count > rest.Length) throw new PackageException(PackageReason.Truncated, $"{field} needs {count} bytes, {rest.Length} are left");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }

    private static void Put(ReadOnlySpan<byte> source, ref Span<byte> rest)
    {
        source.CopyTo(rest);
        rest = rest[source.Length..];
    }
}
