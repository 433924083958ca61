using System.Text;
using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>What a file of each kind must be, as far as a hub can tell; a device looks again.</summary>
internal static class ArtefactRules
{
    /// <summary>Rules and settings are read into memory by small devices.</summary>
    private const int MaxTextBytes = 1 << 20;

    private const int MaxLicence = 100;

    public static long MaxBytes(ArtefactKind kind, long most) => kind switch
    {
        ArtefactKind.Rules or ArtefactKind.Configuration => Math.Min(MaxTextBytes, most),
        ArtefactKind.Bundle => BundleManifest.MaxBytes,
        _ => most,
    };

    /// <summary>What is listed of a file: a bundle speaks for itself.</summary>
    /// <param name="find">An artefact by digest, held: a bundle's parts must not be collected before the bundle is listed.</param>
    /// <exception cref="ArgumentException">The upload or the file breaks a rule.</exception>
    public static async Task<ArtefactUpload> RequireAsync(ArtefactUpload upload, ReceivedFile file, Func<string, Task<ArtefactEntry?>> find)
    {
        switch (upload.Kind)
        {
            case ArtefactKind.Bundle:
                return await RequireBundleAsync(upload, await File.ReadAllBytesAsync(file.Path), find);
            case ArtefactKind.Rules or ArtefactKind.Configuration:
                RequireText(upload.Kind, await File.ReadAllBytesAsync(file.Path));
                break;
            case ArtefactKind.Firmware:
                RequireArchive(file);
                break;
        }

        return upload;
    }

    /// <exception cref="ArgumentException">A name, release or hardware class is none.</exception>
    public static void Require(ArtefactUpload upload)
    {
        if (upload.Kind == ArtefactKind.Model) throw new ArgumentException("a model is added with its manifest (POST /api/v1/models)");
        if (upload.Licence is { Length: 0 or > MaxLicence })
            throw new ArgumentException($"licence: has {upload.Licence.Length} characters, 1 to {MaxLicence} are allowed");
        if (upload.Kind == ArtefactKind.Bundle) return;
        if (!Ids.IsValid(upload.Name))
            throw new ArgumentException($"name: '{upload.Name}' must be 1 to {Ids.MaxLength} lower-case letters, digits or hyphens");
        if (upload.Release is < 1) throw new ArgumentException($"release: {upload.Release} is below 1");
        if (HardwareClass.Fault(upload.HardwareClasses) is { } fault) throw new ArgumentException($"hardware: {fault}");
    }

    private static async Task<ArtefactUpload> RequireBundleAsync(ArtefactUpload upload, byte[] json, Func<string, Task<ArtefactEntry?>> find)
    {
        BundleManifest? bundle;
        try
        {
            bundle = JsonSerializer.Deserialize(json, ContractsJson.Default.BundleManifest);
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"bundle: {e.Message}", e);
        }

        if (bundle is null) throw new ArgumentException("bundle: is null");
        if (bundle.Fault() is { } fault) throw new ArgumentException($"bundle: {fault}");
        foreach (var part in bundle.Parts)
        {
            if (await find(part.Digest) is not { } entry) throw new ArgumentException($"bundle: {part.Digest} is not in the registry");
            if (entry.Quarantined) throw new ArgumentException($"bundle: {part.Digest} is quarantined");
            if ((entry.Kind, entry.Name, entry.Release, entry.Bytes) != (part.Kind, part.Name, part.Release, part.Bytes))
                throw new ArgumentException(
                    $"bundle: {part.Digest} is {ArtefactKinds.Word(entry.Kind)} {entry.Name} {entry.Release} of {entry.Bytes} bytes, not {ArtefactKinds.Word(part.Kind)} {part.Name} {part.Release} of {part.Bytes}");
            if (!entry.HardwareClasses.ToHashSet().SetEquals(part.HardwareClasses))
                throw new ArgumentException(
                    $"bundle: {part.Digest} is made for {string.Join(", ", entry.HardwareClasses)}, not for {string.Join(", ", part.HardwareClasses)}");
        }

        return upload with { Name = bundle.Name, Release = bundle.Release, HardwareClasses = bundle.HardwareClasses };
    }

    private static void RequireText(ArtefactKind kind, byte[] bytes)
    {
        try
        {
            if (!new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes).Contains('\0', StringComparison.Ordinal)) return;
        }
        catch (DecoderFallbackException)
        {
            // Said below.
        }

        throw new ArgumentException($"{ArtefactKinds.Word(kind)}: the file is not text in UTF-8");
    }

    /// <summary>A .swu is a cpio archive: "new" format, with checksums or without (cpio(5)).</summary>
    private static void RequireArchive(ReceivedFile file)
    {
        Span<byte> magic = stackalloc byte[6];
        using var stream = file.Open();
        if (stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length
            || !(magic.SequenceEqual("070701"u8) || magic.SequenceEqual("070702"u8)))
            throw new ArgumentException("firmware: the file is no cpio archive, and so no .swu");
    }
}
