using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Redistribution.Contract;

/// <summary>What somebody says of a file that he adds.</summary>
/// <param name="Release">Null: the next of this name. A bundle says its own.</param>
/// <param name="Licence">SPDX expression; null: not said.</param>
/// <param name="HardwareClasses">Where it may run; a bundle says its own.</param>
public sealed record ArtefactUpload(
    ArtefactKind Kind, string Name, long? Release, IReadOnlyList<string> HardwareClasses, string AddedBy, string? Licence = null);
