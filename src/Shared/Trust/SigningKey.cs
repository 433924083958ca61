using System.Security.Cryptography;
using Hmas.Storage;
using NSec.Cryptography;

namespace Hmas.Trust;

/// <summary>An Ed25519 private key that signs manifests. On disk: PKCS #8 as PEM, mode 0600 (<c>openssl pkey</c> reads it).</summary>
public sealed class SigningKey : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const int MaxFileBytes = 4096;

    private static KeyCreationParameters Exportable => new() { ExportPolicy = KeyExportPolicies.AllowPlaintextExport };

    private readonly Key _key;

    private SigningKey(Key key)
    {
        _key = key;
        PublicKey = key.PublicKey.Export(KeyBlobFormat.RawPublicKey);
    }

    /// <summary>32 bytes.</summary>
    public byte[] PublicKey { get; }

    public static SigningKey Create() => new(Key.Create(SignatureAlgorithm.Ed25519, Exportable));

    /// <exception cref="IOException">Not there, or not readable.</exception>
    /// <exception cref="CryptographicException">Not an Ed25519 key, or the file may be read by others; the message names the file.</exception>
    public static SigningKey Load(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            throw new CryptographicException($"signing key {path} may be read or written by others: run chmod 600 {path}");
        if (new FileInfo(path).Length > MaxFileBytes) throw new CryptographicException($"signing key {path} is larger than {MaxFileBytes} bytes");
        var pem = File.ReadAllBytes(path);
        try
        {
            return Import(pem, $"signing key {path}");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    /// <param name="pem">PKCS #8 as PEM, ASCII; the caller clears it.</param>
    /// <param name="what">For the message.</param>
    /// <exception cref="CryptographicException">Not an Ed25519 key.</exception>
    public static SigningKey Import(ReadOnlySpan<byte> pem, string what)
    {
        try
        {
            return new SigningKey(Key.Import(SignatureAlgorithm.Ed25519, pem, KeyBlobFormat.PkixPrivateKeyText, Exportable));
        }
        catch (FormatException e)
        {
            throw new CryptographicException($"{what} is no Ed25519 private key in PKCS #8 PEM", e);
        }
    }

    /// <summary>PKCS #8 as PEM, ASCII; the caller clears it.</summary>
    public byte[] Export() => _key.Export(KeyBlobFormat.PkixPrivateKeyText);

    /// <summary>Writes the key so that after a power cut either the old file or the whole new one stands, and the new one for good once this
    /// returns; readable by the owner alone from its first byte.</summary>
    /// <exception cref="StorageException">The old file stands.</exception>
    public void Save(string path)
    {
        var pem = Export();
        try
        {
            AtomicFile.Write(path, pem, OwnerOnly);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(pem);
        }
    }

    /// <summary>64 bytes over the data, deterministic (RFC 8032).</summary>
    public byte[] Sign(ReadOnlySpan<byte> data) => SignatureAlgorithm.Ed25519.Sign(_key, data);

    public void Dispose() => _key.Dispose();
}
