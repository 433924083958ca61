using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.Uptane;

/// <summary>A file that this device may install, since director and image repository agree on it.</summary>
/// <param name="Artefact">What it is a release of.</param>
/// <param name="Release">To be kept as the artefact's release counter once the file is installed.</param>
/// <param name="Image">As the offline keys state it: what to download, and by which hashes.</param>
public sealed record InstallOrder(string Artefact, long Release, TargetFile Image);
