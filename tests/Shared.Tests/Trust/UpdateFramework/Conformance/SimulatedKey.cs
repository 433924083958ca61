using System.Security.Cryptography;
using System.Text.Json.Nodes;
using NSec.Cryptography;

namespace Shared.Tests.Trust.UpdateFramework.Conformance;

/// <summary>A real key pair of a scheme, with the public part as metadata carries it.</summary>
public sealed class SimulatedKey
{
    private readonly Func<byte[], byte[]> _sign;

    private SimulatedKey(string keyType, string scheme, string publicKey, Func<byte[], byte[]> sign)
    {
        _sign = sign;
        Public = new JsonObject { ["keytype"] = keyType, ["scheme"] = scheme, ["keyval"] = new JsonObject { ["public"] = publicKey } };
        Recalculate();
    }

    /// <summary>The key as metadata carries it; after a change call <see cref="Recalculate"/>.</summary>
    public JsonObject Public { get; }

    public string Id { get; private set; } = "";

    public static SimulatedKey Create(string scheme = "ecdsa-sha2-nistp256", string? keyType = null) => scheme switch
    {
        "ed25519" => Ed25519(),
        "ecdsa-sha2-nistp256" => Ecdsa(keyType ?? "ecdsa"),
        "rsassa-pss-sha256" => Rsa(),
        _ => throw new ArgumentOutOfRangeException(nameof(scheme), scheme, "no such scheme"),
    };

    public void Recalculate() => Id = Convert.ToHexStringLower(SHA256.HashData(SimulatedRepository.Canonical(Public)));

    /// <summary>An id that has nothing to do with the key.</summary>
    public void Rename(string id) => Id = id;

    public byte[] Sign(byte[] data) => _sign(data);

    private static SimulatedKey Ed25519()
    {
        var key = Key.Create(SignatureAlgorithm.Ed25519);
        var raw = Convert.ToHexStringLower(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));
        return new SimulatedKey("ed25519", "ed25519", raw, data => SignatureAlgorithm.Ed25519.Sign(key, data));
    }

    private static SimulatedKey Ecdsa(string keyType)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new SimulatedKey(keyType, "ecdsa-sha2-nistp256", key.ExportSubjectPublicKeyInfoPem() + "\n",
            data => key.SignData(data, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    private static SimulatedKey Rsa()
    {
        var key = RSA.Create(2048);
        return new SimulatedKey("rsa", "rsassa-pss-sha256", key.ExportSubjectPublicKeyInfoPem() + "\n",
            data => key.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss));
    }
}
