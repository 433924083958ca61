using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Cloud.Hub.Host.Security;

/// <summary>A secret in a file of its own, mode 0600: made on first start, read on each later one.</summary>
internal static class TokenFile
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>256 random bits as base64url behind a prefix that names what the token is for, so that a leaked one is recognised.</summary>
    /// <exception cref="HubStartException">Others may read the file, or it holds no token.</exception>
    public static string ReadOrCreate(string path, string prefix)
    {
        if (!File.Exists(path)) return Create(path, prefix);
        var mode = File.GetUnixFileMode(path);
        if ((mode & ~OwnerOnly) != 0)
        {
            throw new HubStartException(
                $"{path}: mode {Convert.ToString((int)mode, 8)} lets others read the token; run chmod 600 {path}, or delete it for a new one");
        }

        var token = File.ReadAllText(path).Trim();
        return token.Length >= prefix.Length + 43 && token.StartsWith(prefix, StringComparison.Ordinal)
            ? token
            : throw new HubStartException($"{path}: holds no token that begins with {prefix}; delete it for a new one");
    }

    private static string Create(string path, string prefix)
    {
        var token = prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        // The mode is set as the file is made: there is no instant at which others could open it.
        using var file = new FileStream(
            path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        file.Write(Encoding.UTF8.GetBytes(token + "\n"));
        file.Flush(flushToDisk: true);
        return token;
    }
}
