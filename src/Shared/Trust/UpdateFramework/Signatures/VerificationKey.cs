using System.Text.Json;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework.Signatures;

/// <summary>A public key as metadata carries it.</summary>
public sealed class VerificationKey
{
    private readonly ISignatureVerifier? _verifier;

    private VerificationKey(ISignatureVerifier? verifier) => _verifier = verifier;

    /// <summary>Equal for equal keys, however they are written; null for a key that cannot verify anything here.</summary>
    internal string? Identity => _verifier is null ? null : Convert.ToHexString(_verifier.Identity);

    internal bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => _verifier is not null && _verifier.Verify(data, signature);

    /// <summary>By key id, which is only a name (TAP 12): repositories in use hash a key with its custom fields or
    /// without. What it stands for is counted by <see cref="Identity"/>.</summary>
    /// <exception cref="UpdateException">A key lacks a field.</exception>
    internal static Dictionary<string, VerificationKey> ReadAll(JsonElement keys) =>
        keys.EnumerateObject().ToDictionary(JsonFields.NameOf, static key => Read(key.Value), StringComparer.Ordinal);

    private static VerificationKey Read(JsonElement key)
    {
        var type = JsonFields.Text(key, "keytype");
        var scheme = JsonFields.Text(key, "scheme");
        var keyval = JsonFields.Object(key, "keyval");
        // Schemes to come may keep their key under another name.
        var known = keyval.TryGetProperty("public", out var text) && text.ValueKind == JsonValueKind.String;
        return new VerificationKey(known ? SchemeTable.TryRead(type, scheme, JsonFields.TextOf(text)) : null);
    }
}
