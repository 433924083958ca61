using System.Security.Cryptography;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.UpdateFramework;

/// <summary>Compares bytes with the length and hashes that signed metadata states of them.</summary>
internal static class FileCheck
{
    /// <summary>The strongest known algorithm first.</summary>
    private static readonly (string Name, HashAlgorithmName Algorithm)[] Known = [
        ("sha512", HashAlgorithmName.SHA512), ("sha256", HashAlgorithmName.SHA256)];

    /// <exception cref="UpdateException"><see cref="UpdateReason.Mismatch"/>, or
    /// <see cref="UpdateReason.Format"/> when no stated hash is of a known algorithm.</exception>
    public static void Require(ReadOnlySpan<byte> bytes, FileFacts facts, string file)
    {
        if (facts.Length is { } length && length != bytes.Length)
            throw new UpdateException(UpdateReason.Mismatch, $"{file} has {bytes.Length} bytes, {length} are stated");
        if (facts.Hashes.Count == 0) return;
        foreach (var (name, algorithm) in Usable(facts.Hashes, file))
            RequireHash(CryptographicOperations.HashData(algorithm, bytes), facts.Hashes[name], name, file);
    }

    /// <summary>As <see cref="Require(ReadOnlySpan{byte}, FileFacts, string)"/> for a stream, read to its end.</summary>
    public static void Require(Stream content, TargetFile target)
    {
        if (content.Length != target.Length)
            throw new UpdateException(UpdateReason.Mismatch, $"{target.Path} has {content.Length} bytes, {target.Length} are stated");
        foreach (var (name, algorithm) in Usable(target.Hashes, target.Path))
        {
            content.Position = 0;
            RequireHash(CryptographicOperations.HashData(algorithm, content), target.Hashes[name], name, target.Path);
        }
    }

    /// <summary>The stated hashes that can be checked; all of them must hold.</summary>
    /// <exception cref="UpdateException">None can.</exception>
    public static IReadOnlyList<(string Name, HashAlgorithmName Algorithm)> Usable(IReadOnlyDictionary<string, string> hashes, string file)
    {
        var usable = Known.Where(known => hashes.ContainsKey(known.Name)).ToArray();
        return usable.Length > 0
            ? usable : throw new UpdateException(UpdateReason.Format, $"{file}: none of {string.Join(", ", hashes.Keys)} is a known hash");
    }

    private static void RequireHash(byte[] found, string stated, string name, string file)
    {
        var hex = Convert.ToHexStringLower(found);
        if (!string.Equals(hex, stated, StringComparison.Ordinal))
            throw new UpdateException(UpdateReason.Mismatch, $"{file} has {name} {hex}, {stated} is stated");
    }
}
