using Hmas.Contracts.Artefacts;

namespace Operator.Cli.Keys;

/// <summary>What keepers say of the files that they release.</summary>
/// <param name="Name">Of anything but a model or a bundle, which say their own; null: not given.</param>
/// <param name="Release">The same.</param>
/// <param name="HardwareClasses">Where they may run; a bundle says its own. Null: not given.</param>
internal sealed record ReleaseTerms(ArtefactKind Kind, string? Name, long? Release, IReadOnlyList<string>? HardwareClasses)
{
    /// <exception cref="FormatException">No kind, or no hardware classes.</exception>
    public static ReleaseTerms Parse(string kind, string? name, long? release, string? hardware)
    {
        var classes = hardware?.Split(',');
        if (classes is not null && HardwareClass.Fault(classes) is { } fault) throw new FormatException($"--hardware: {fault}");
        return new ReleaseTerms(ArtefactKinds.Require(kind), name, release, classes);
    }
}
