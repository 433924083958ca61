using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hmas.Contracts;

namespace Hmas.Trust.UpdateFramework.Metadata;

/// <summary>Target paths, by shell-like patterns or by the beginning of their SHA-256 in hexadecimal
/// (specification 4.5, "paths" and "path_hash_prefixes").</summary>
/// <param name="Patterns"><c>*</c> any run of characters, <c>?</c> one character, neither crosses a
/// <c>/</c>. Empty when <paramref name="HashPrefixes"/> is used.</param>
/// <param name="HashPrefixes">Lower-case hexadecimal.</param>
public sealed record PathSet(IReadOnlyList<string> Patterns, IReadOnlyList<string> HashPrefixes)
{
    public bool Contains(string targetPath)
    {
        if (HashPrefixes.Count == 0) return Patterns.Any(pattern => Matches(pattern, targetPath));
        var hash = HashOf(targetPath);
        return HashPrefixes.Any(prefix => hash.StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <summary>Lower-case hexadecimal SHA-256 of the path in UTF-8.</summary>
    internal static string HashOf(string targetPath) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(targetPath)));

    internal static PathSet Read(JsonElement role)
    {
        var byPath = role.TryGetProperty("paths", out _);
        if (byPath == role.TryGetProperty("path_hash_prefixes", out _))
            throw new UpdateException(UpdateReason.Format, "a delegation needs one of 'paths' and 'path_hash_prefixes'");
        return byPath
            ? new PathSet(JsonFields.Texts(role, "paths"), [])
            : new PathSet([], [.. JsonFields.Texts(role, "path_hash_prefixes").Select(prefix => prefix.ToLowerInvariant())]);
    }

    private static bool Matches(string pattern, string path)
    {
        var patterns = pattern.Split('/');
        var parts = path.Split('/');
        return patterns.Length == parts.Length && patterns.Zip(parts).All(pair => Wildcard.Matches(pair.First, pair.Second));
    }
}
