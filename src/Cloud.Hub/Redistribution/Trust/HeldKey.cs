using System.Security.Cryptography;
using Cloud.Hub.Host;
using Hmas.Trust;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>Keys that this hub holds: files of mode 0600 in its data folder.</summary>
internal static class HeldKey
{
    /// <exception cref="HubStartException">The file is no key, or others may read it.</exception>
    public static SigningKey LoadOrMake(string path, ILogger logger)
    {
        if (File.Exists(path)) return Load(path);
        var key = SigningKey.Create();
        key.Save(path);
        logger.SigningKeyMade(path);
        return key;
    }

    /// <exception cref="HubStartException">There is no such file, it is no key, or others may read it.</exception>
    public static SigningKey Load(string path)
    {
        try
        {
            return SigningKey.Load(path);
        }
        catch (Exception e) when (e is CryptographicException or IOException)
        {
            throw new HubStartException(e.Message, e);
        }
    }
}
