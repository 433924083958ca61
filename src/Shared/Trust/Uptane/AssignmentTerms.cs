using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.Uptane;

/// <summary>What the director says of a file beyond its bytes: the object "hmas" in the target's "custom" (docs/formats/assignment.md).</summary>
/// <param name="DeviceId">The one device it is assigned to.</param>
/// <param name="HardwareClass">What the director takes that device to be.</param>
internal sealed record AssignmentTerms(string DeviceId, string HardwareClass)
{
    /// <exception cref="UpdateException"><see cref="UpdateReason.Format"/>.</exception>
    public static AssignmentTerms Of(TargetFile assigned)
    {
        var terms = Terms.Of(assigned);
        return new AssignmentTerms(JsonFields.Text(terms, "device"), JsonFields.Text(terms, "hardware"));
    }
}
