using System.Security.Cryptography;
using System.Text.Json;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework.Signatures;

/// <summary>A public key as metadata carries it.</summary>
public sealed class VerificationKey
{
    private readonly ISignatureVerifier? _verifier;

    private VerificationKey(string id, ISignatureVerifier? verifier)
    {
        Id = id;
        _verifier = verifier;
    }

    /// <summary>Lower-case hexadecimal SHA-256 of the key's canonical JSON.</summary>
    public string Id { get; }

    /// <summary>Equal for equal keys, however they are written; null for a key that cannot verify anything here.</summary>
    internal string? Identity => _verifier is null ? null : Convert.ToHexString(_verifier.Identity);

    internal bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => _verifier is not null && _verifier.Verify(data, signature);

    /// <exception cref="UpdateException">A key id is not the hash of its key (specification 4.3: clients must calculate it).</exception>
    internal static Dictionary<string, VerificationKey> ReadAll(JsonElement keys) =>
        keys.EnumerateObject().Select(key => Read(JsonFields.NameOf(key), key.Value)).ToDictionary(key => key.Id, StringComparer.Ordinal);

    private static VerificationKey Read(string id, JsonElement key)
    {
        var type = JsonFields.Text(key, "keytype");
        var scheme = JsonFields.Text(key, "scheme");
        var keyval = JsonFields.Object(key, "keyval");
        if (!string.Equals(id, Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Encode(key))), StringComparison.Ordinal))
            throw new UpdateException(UpdateReason.Format, $"key id {id} is not its key's");
        // Schemes to come may keep their key under another name.
        var known = keyval.TryGetProperty("public", out var text) && text.ValueKind == JsonValueKind.String;
        return new VerificationKey(id, known ? SchemeTable.TryRead(type, scheme, JsonFields.TextOf(text)) : null);
    }
}
