using Hmas.Contracts.Artefacts;
using Hmas.Trust.Uptane;

namespace Cloud.Hub.Redistribution.Contract;

/// <summary>What the registry says of an artefact. It never changes, but for its quarantine.</summary>
/// <param name="Bytes">Of the whole file.</param>
/// <param name="HardwareClasses">Where it may run, as it was added; what devices go by is what the image repository says.</param>
public sealed record ArtefactEntry(
    string Digest, ArtefactKind Kind, string Name, long Release, long Bytes, IReadOnlyList<string> HardwareClasses, DateTimeOffset AddedAt,
    string AddedBy, bool Quarantined)
{
    /// <summary>Under which both repositories name it.</summary>
    public string TargetPath => ArtefactTarget.PathOf(Kind, Name, Release, Digest);
}
