namespace Hmas.Contracts.Artefacts;

/// <summary>One artefact of a bundle, pinned by its digest.</summary>
public sealed record BundlePart
{
    /// <summary>Model, rules, agent or configuration.</summary>
    public required ArtefactKind Kind { get; init; }

    public required string Name { get; init; }

    public required long Release { get; init; }

    /// <summary><c>sha256:hex</c>: a model's is that of its manifest, any other's that of the file.</summary>
    public required string Digest { get; init; }

    /// <summary>Of the file.</summary>
    public required long Bytes { get; init; }

    /// <summary>Where it may run; <c>*</c>: anywhere.</summary>
    public IReadOnlyList<string> HardwareClasses { get; init => field = value ?? HardwareClass.AnyOnly; } = HardwareClass.AnyOnly;
}
