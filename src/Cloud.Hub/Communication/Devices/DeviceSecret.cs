using System.Buffers.Text;
using System.Security.Cryptography;

namespace Cloud.Hub.Communication.Devices;

/// <summary>A device's password: 256 random bits. Guessing it is hopeless, so one SHA-256 is hash enough and costs a connect nothing.</summary>
internal static class DeviceSecret
{
    private static readonly byte[] NoHash = new byte[SHA256.HashSizeInBytes];

    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] HashOf(string password) => SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(password));

    /// <summary>In time that tells nothing about where they differ, or whether there is such a device.</summary>
    public static bool Matches(byte[]? hash, ReadOnlySpan<byte> password)
    {
        Span<byte> offered = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(password, offered);
        return CryptographicOperations.FixedTimeEquals(hash ?? NoHash, offered) && hash is not null;
    }
}
