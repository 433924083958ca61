using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.Uptane;

/// <summary>A file that this device may install, since director and image repository agree on it.</summary>
/// <param name="Artefact">What it is a release of.</param>
/// <param name="Release">To be kept as the artefact's release counter once the file is installed.</param>
/// <param name="Image">As the offline keys state it: what to download, and by which hashes.</param>
public sealed record InstallOrder(string Artefact, long Release, TargetFile Image)
{
    /// <summary>Returns when these are the very bytes, for a caller that fetched them by a way of its own.</summary>
    /// <exception cref="UpdateException"><see cref="UpdateReason.Mismatch"/>: other length or hash.</exception>
    public void RequireBytes(ReadOnlySpan<byte> file) => FileCheck.Require(file, new FileFacts(Image.Length, Image.Hashes), Image.Path);
}
