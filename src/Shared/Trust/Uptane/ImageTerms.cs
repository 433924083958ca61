using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.Uptane;

/// <summary>What the offline keys say of a file beyond its bytes: the object "hmas" in the target's "custom" (docs/formats/assignment.md).</summary>
/// <param name="Artefact">What it is a release of; a device has one release of an artefact.</param>
/// <param name="Release">1 or more; grows with every release of the artefact.</param>
/// <param name="HardwareClasses">Where it may run; at least one.</param>
internal sealed record ImageTerms(string Artefact, long Release, IReadOnlyList<string> HardwareClasses)
{
    /// <exception cref="UpdateException"><see cref="UpdateReason.Format"/>.</exception>
    public static ImageTerms Of(TargetFile image)
    {
        var terms = Terms.Of(image);
        var classes = JsonFields.Texts(terms, "hardware");
        var artefact = JsonFields.Text(terms, "artefact");
        return artefact.Length > 0 && classes.Count > 0
            ? new ImageTerms(artefact, JsonFields.Integer(terms, "release", min: 1), classes)
            : throw new UpdateException(UpdateReason.Format, $"{image.Path}: no artefact or no hardware class is named");
    }
}
