namespace Hmas.Contracts.Artefacts;

/// <summary>Artefacts that belong together and are activated as one: all of them, or none (docs/formats/bundle.md).
/// Its bytes are the signed target; the parts follow from it by digest.</summary>
public sealed record BundleManifest
{
    /// <summary>The one format there is.</summary>
    public const int Format = 1;

    /// <summary>Of the JSON.</summary>
    public const int MaxBytes = 64 << 10;

    public int FormatVersion { get; init; } = Format;

    public required string Name { get; init; }

    /// <summary>1 or more; grows with every release of this name.</summary>
    public required long Release { get; init; }

    /// <summary>Where the whole may run; each part must be made for all of them.</summary>
    public IReadOnlyList<string> HardwareClasses { get; init => field = value ?? HardwareClass.AnyOnly; } = HardwareClass.AnyOnly;

    /// <summary>At least one, at most one of a kind.</summary>
    public required IReadOnlyList<BundlePart> Parts { get; init; }

    /// <summary>The first rule it breaks, with the field it stands in; null: it is sound.</summary>
    public string? Fault()
    {
        if (FormatVersion != Format) return $"formatVersion: {FormatVersion} is not {Format}";
        if (!Ids.IsValid(Name)) return $"name: '{Name}' must be 1 to {Ids.MaxLength} lower-case letters, digits or hyphens";
        if (Release < 1) return $"release: {Release} is below 1";
        if (HardwareClass.Fault(HardwareClasses) is { } hardware) return $"hardwareClasses: {hardware}";
        if (Parts is null || Parts.Count == 0) return "parts: there is none";
        for (var i = 0; i < Parts.Count; i++)
        {
            if (Parts[i] is not { } part) return $"parts[{i}]: is null";
            if (Fault(part) is { } fault) return $"parts[{i}]: {fault}";
            if (Parts.Take(i).Any(other => other.Kind == part.Kind)) return $"parts[{i}]: a second {ArtefactKinds.Word(part.Kind)}";
        }

        return null;
    }

    private string? Fault(BundlePart part)
    {
        if (part.Kind is not (ArtefactKind.Model or ArtefactKind.Rules or ArtefactKind.Agent or ArtefactKind.Configuration))
            return $"kind {part.Kind} cannot be part of a bundle";
        if (!Ids.IsValid(part.Name)) return $"name '{part.Name}' must be 1 to {Ids.MaxLength} lower-case letters, digits or hyphens";
        if (part.Release < 1) return $"release {part.Release} is below 1";
        if (!ArtefactDigest.IsValid(part.Digest)) return $"digest '{part.Digest}' is none";
        if (part.Bytes < 1) return $"{part.Bytes} bytes are below 1";
        if (HardwareClass.Fault(part.HardwareClasses) is { } hardware) return hardware;
        return HardwareClasses.FirstOrDefault(wanted => !HardwareClass.Covers(part.HardwareClasses, wanted)) is { } missing
            ? $"{ArtefactKinds.Word(part.Kind)} {part.Name} {part.Release} is made for {string.Join(", ", part.HardwareClasses)}, not for {missing}"
            : null;
    }
}
