using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace Hmas.Trust;

/// <summary>Public keys as a text file: one SubjectPublicKeyInfo PEM block per key, anything between the blocks is a comment.</summary>
public static class PublicKeyFile
{
    private const string Begin = "-----BEGIN PUBLIC KEY-----";
    private const string End = "-----END PUBLIC KEY-----";
    private const int MaxFileBytes = 64 * 1024;

    /// <summary>The file's keys in order, 32 bytes each, at least one.</summary>
    /// <exception cref="CryptographicException">No key, or one that is not Ed25519; the message names the file and the key's number.</exception>
    public static IReadOnlyList<byte[]> Read(string path)
    {
        if (new FileInfo(path).Length > MaxFileBytes) throw new CryptographicException($"key file {path} is larger than {MaxFileBytes} bytes");
        var text = File.ReadAllText(path);
        var keys = new List<byte[]>();
        for (var at = text.IndexOf(Begin, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Begin, at + 1, StringComparison.Ordinal))
        {
            var end = text.IndexOf(End, at, StringComparison.Ordinal);
            if (end < 0) throw new CryptographicException($"key file {path}: key {keys.Count + 1} has no end line");
            var block = Encoding.ASCII.GetBytes(text[at..(end + End.Length)]);
            if (!PublicKey.TryImport(SignatureAlgorithm.Ed25519, block, KeyBlobFormat.PkixPublicKeyText, out var key))
                throw new CryptographicException($"key file {path}: key {keys.Count + 1} is not Ed25519");
            keys.Add(key!.Export(KeyBlobFormat.RawPublicKey));
        }

        return keys.Count > 0 ? keys : throw new CryptographicException($"key file {path} holds no public key");
    }

    /// <summary>Writes the keys, 32 bytes each, for <see cref="Read"/> and <c>openssl pkey -pubin</c>.</summary>
    public static void Write(string path, IReadOnlyList<byte[]> keys)
    {
        ArgumentNullException.ThrowIfNull(keys);
        var text = new StringBuilder();
        foreach (var key in keys)
        {
            var block = PublicKey.Import(SignatureAlgorithm.Ed25519, key, KeyBlobFormat.RawPublicKey).Export(KeyBlobFormat.PkixPublicKeyText);
            text.Append(Encoding.ASCII.GetString(block).TrimEnd()).Append('\n');
        }

        File.WriteAllText(path, text.ToString());
    }
}
