using System.Text.Json;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>A metadata file, taken apart; nothing in it is trusted before <see cref="Signatures.Threshold"/> has counted its signatures.</summary>
/// <typeparam name="T">The role's content.</typeparam>
/// <param name="Body">What is signed.</param>
/// <param name="Canonical">The bytes that the signatures are over: the canonical form of all of "signed", known fields and unknown.</param>
/// <param name="Signatures">By key id. No key id stands twice. A signature that is no hexadecimal text is empty here, and so never valid.</param>
public sealed record SignedFile<T>(T Body, byte[] Canonical, IReadOnlyDictionary<string, byte[]> Signatures);

/// <summary>Reads the envelope that all roles share (specification 4.2.1).</summary>
internal static class SignedFile
{
    // Real metadata is at most eight levels deep; custom fields get the rest.
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <param name="type">What "_type" must say.</param>
    /// <param name="read">Reads the role's own fields of "signed".</param>
    /// <exception cref="UpdateException"><see cref="UpdateReason.Format"/>.</exception>
    public static SignedFile<T> Read<T>(ReadOnlyMemory<byte> bytes, string type, Func<JsonElement, RoleHeader, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Strict);
            var signed = JsonFields.Object(document.RootElement, "signed");
            var signatures = ReadSignatures(document.RootElement);
            return new SignedFile<T>(read(signed, RoleHeader.Read(signed, type)), CanonicalJson.Encode(signed), signatures);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The parser's look for duplicate members answers a lone surrogate in a name with the latter.
            throw new UpdateException(UpdateReason.Format, $"{type}: not JSON: {e.Message}", e);
        }
        catch (UpdateException e)
        {
            throw new UpdateException(e.Reason, $"{type}: {e.Message}", e);
        }
    }

    private static Dictionary<string, byte[]> ReadSignatures(JsonElement file)
    {
        var signatures = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var entry in JsonFields.Array(file, "signatures").EnumerateArray())
        {
            var keyId = JsonFields.Text(entry, "keyid");
            if (!signatures.TryAdd(keyId, Hex.OrEmpty(JsonFields.Text(entry, "sig"))))
                throw new UpdateException(UpdateReason.Format, $"key id {keyId} signs twice");
        }

        return signatures;
    }
}
