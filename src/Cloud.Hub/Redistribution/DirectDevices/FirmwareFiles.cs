using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Cloud.Hub.Redistribution.Registry;
using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>The registry's firmware as the protocol needs it.</summary>
internal sealed class FirmwareFiles(ArtefactRegistry registry)
{
    private readonly ConcurrentDictionary<string, string> _sha1 = new();

    /// <summary>Null when the registry has no such firmware, or its file is gone.</summary>
    public async Task<FirmwareFile?> FindAsync(string digest, CancellationToken cancellation)
    {
        if (await registry.FindAsync(digest, cancellation) is not { Kind: ArtefactKind.Firmware } entry
            || await registry.PathAsync(digest, cancellation) is not { } path)
            return null;
        if (!_sha1.TryGetValue(digest, out var sha1)) _sha1[digest] = sha1 = await Sha1Async(path, cancellation);
        return new FirmwareFile(digest, entry.Name, entry.Release, path, entry.Bytes, sha1, ArtefactDigest.Hex(digest));
    }

    /// <param name="image"><c>NAME:RELEASE</c>.</param>
    /// <returns>Null when it is no such text, or the registry has no such firmware.</returns>
    public async Task<string?> DigestOfAsync(string image, CancellationToken cancellation)
    {
        var colon = image.LastIndexOf(':');
        if (colon <= 0 || !long.TryParse(image.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var release)) return null;
        var firmware = await registry.ListAsync(ArtefactKind.Firmware, cancellation);
        return firmware.FirstOrDefault(entry => entry.Release == release && image.AsSpan(0, colon).SequenceEqual(entry.Name))?.Digest;
    }

    private static async Task<string> Sha1Async(string path, CancellationToken cancellation)
    {
        await using var file = File.OpenRead(path);
#pragma warning disable CA5350 // The protocol's clients check a download by it; what they install they check by the signature in the archive.
        return Convert.ToHexStringLower(await SHA1.HashDataAsync(file, cancellation));
#pragma warning restore CA5350
    }
}
