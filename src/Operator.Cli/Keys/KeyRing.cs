using Hmas.Trust;
using Hmas.Trust.UpdateFramework.Repository;

namespace Operator.Cli.Keys;

/// <summary>The keys that one keeper has at hand: a folder of <c>*.key</c> files, by key id.</summary>
internal sealed class KeyRing : IDisposable
{
    private readonly Dictionary<string, SigningKey> _keys = new(StringComparer.Ordinal);

    /// <param name="passphraseFor">Asked for each sealed file.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    public static KeyRing Open(string folder, Func<string, string> passphraseFor)
    {
        var ring = new KeyRing();
        foreach (var file in Directory.EnumerateFiles(folder, "*.key").Order(StringComparer.Ordinal))
        {
            var key = KeyFile.Read(file, passphraseFor);
            ring._keys[MetadataWriter.KeyId(key.PublicKey)] = key;
        }

        return ring;
    }

    public IReadOnlyList<SigningKey> Of(IEnumerable<string> keyIds) => [.. keyIds.Where(_keys.ContainsKey).Select(id => _keys[id])];

    public void Dispose()
    {
        foreach (var key in _keys.Values) key.Dispose();
    }
}
