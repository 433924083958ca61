using System.Security.Cryptography;
using System.Text;
using Hmas.Storage;
using Hmas.Trust;
using NSec.Cryptography;

namespace Operator.Cli.Keys;

/// <summary>An offline key on disk, mode 0600: PKCS #8 in PEM, or, under a passphrase, that text sealed with
/// XChaCha20-Poly1305 by a key that Argon2id (RFC 9106) makes of the passphrase.</summary>
internal static class KeyFile
{
    private const string Header = "HMAS sealed key 1";
    private const int SaltBytes = 16;
    private const int NonceBytes = 24;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>64 MiB, three passes: the second recommended option of RFC 9106, section 4, in one lane, which is what libsodium has.</summary>
    private static readonly Argon2id Derivation = PasswordBasedKeyDerivationAlgorithm.Argon2id(
        new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = 64 * 1024, NumberOfPasses = 3 });

    public static bool IsSealed(string path) => File.ReadLines(path).FirstOrDefault() == Header;

    /// <param name="passphrase">Null: in the clear.</param>
    public static void Write(string path, SigningKey key, string? passphrase)
    {
        if (passphrase is null)
        {
            key.Save(path);
            return;
        }

        var pem = key.Export();
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var nonce = RandomNumberGenerator.GetBytes(NonceBytes);
        using var wrapping = Derivation.DeriveKey(passphrase, salt, AeadAlgorithm.XChaCha20Poly1305);
        var text = string.Join(
            '\n', Header, Convert.ToBase64String(salt), Convert.ToBase64String(nonce),
            Convert.ToBase64String(AeadAlgorithm.XChaCha20Poly1305.Encrypt(wrapping, nonce, [], pem)), "");
        CryptographicOperations.ZeroMemory(pem);
        AtomicFile.Write(path, Encoding.ASCII.GetBytes(text), OwnerOnly);
    }

    /// <exception cref="CryptographicException">The passphrase is wrong, or the file is no key; the message names it.</exception>
    public static SigningKey Read(string path, Func<string, string> passphraseFor)
    {
        if (!IsSealed(path)) return SigningKey.Load(path);
        var lines = File.ReadAllLines(path);
        try
        {
            using var wrapping = Derivation.DeriveKey(passphraseFor(path), Convert.FromBase64String(lines[1]), AeadAlgorithm.XChaCha20Poly1305);
            var pem = AeadAlgorithm.XChaCha20Poly1305.Decrypt(wrapping, Convert.FromBase64String(lines[2]), [], Convert.FromBase64String(lines[3]))
                ?? throw new CryptographicException($"{path}: the passphrase is wrong, or the file is damaged");
            using var cleared = new Cleared(pem);
            return SigningKey.Import(pem, path);
        }
        catch (Exception e) when (e is FormatException or IndexOutOfRangeException)
        {
            throw new CryptographicException($"{path} is no sealed key", e);
        }
    }

    private readonly struct Cleared(byte[] secret) : IDisposable
    {
        public void Dispose() => CryptographicOperations.ZeroMemory(secret);
    }
}
