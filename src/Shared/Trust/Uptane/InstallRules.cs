using Hmas.Contracts.Artefacts;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Hmas.Trust.Uptane;

/// <summary>
/// Uptane's split of trust, as a decision: the director, whose keys are online, says what this device gets;
/// the image repository, whose keys are not, says what the bytes are.
/// Only what both say is installed. Uptane Standard, "full verification" (section 5.4.4.2).
/// </summary>
public static class InstallRules
{
    /// <summary>What this device is to install: all of what the director assigns, or, if any of it is not
    /// right, nothing. A part of a bundle is an attack too.</summary>
    /// <param name="director">The director's targets, trusted by its own metadata chain.</param>
    /// <param name="imageOf">What the image repository says of a path, trusted by its chain and delegations; throws when no role lists it.</param>
    /// <param name="installed">The release counter of each artefact that this device has, from protected
    /// storage; an artefact that is not there was never installed.</param>
    /// <returns>In the director's order; empty when it assigns nothing.</returns>
    /// <exception cref="UpdateException">Some of it is refused, so all of it is.</exception>
    public static async Task<IReadOnlyList<InstallOrder>> DecideAsync(
        DeviceIdentity device, TargetsMetadata director, Func<string, Task<TargetFile>> imageOf, IReadOnlyDictionary<string, long> installed)
    {
        ArgumentNullException.ThrowIfNull(director);
        ArgumentNullException.ThrowIfNull(imageOf);
        // The director speaks for itself: whoever it could delegate to has never met this device.
        if (director.Delegations is not null) throw new UpdateException(UpdateReason.Format, "the director delegates, which it must not");
        var orders = new List<InstallOrder>();
        foreach (var assigned in director.Targets.Values) orders.Add(Decide(device, assigned, await imageOf(assigned.Path), installed));
        var twice = orders.GroupBy(order => order.Artefact, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? orders : throw new UpdateException(UpdateReason.Mismatch, $"{twice.Key} is assigned in {twice.Count()} releases at once");
    }

    /// <summary>Whether one assigned file may be installed: for this device, the same bytes on both sides, made
    /// for this hardware, and not older than what is installed.</summary>
    /// <param name="assigned">As the director states it.</param>
    /// <param name="image">As the image repository states the same path.</param>
    /// <exception cref="UpdateException">It may not.</exception>
    public static InstallOrder Decide(DeviceIdentity device, TargetFile assigned, TargetFile image, IReadOnlyDictionary<string, long> installed)
    {
        ArgumentNullException.ThrowIfNull(assigned);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(installed);
        RequireForDevice(device, assigned);
        RequireSameFile(assigned, image);
        var terms = ImageTerms.Of(image);
        if (!HardwareClass.Covers(terms.HardwareClasses, device.HardwareClass))
            throw new UpdateException(
                UpdateReason.NotForThisDevice,
                $"{image.Path} is made for {string.Join(", ", terms.HardwareClasses)}, this is a {device.HardwareClass}");
        if (installed.TryGetValue(terms.Artefact, out var release) && terms.Release < release)
            throw new UpdateException(UpdateReason.Rollback, $"{image.Path} is release {terms.Release} of {terms.Artefact}, {release} is installed");
        return new InstallOrder(terms.Artefact, terms.Release, image);
    }

    private static void RequireForDevice(DeviceIdentity device, TargetFile assigned)
    {
        ArgumentNullException.ThrowIfNull(device);
        var terms = AssignmentTerms.Of(assigned);
        if (terms.DeviceId != device.DeviceId)
            throw new UpdateException(UpdateReason.NotForThisDevice, $"{assigned.Path} is assigned to {terms.DeviceId}, this is {device.DeviceId}");
        if (terms.HardwareClass != device.HardwareClass)
            throw new UpdateException(
                UpdateReason.NotForThisDevice, $"{assigned.Path} is assigned to a {terms.HardwareClass}, this is a {device.HardwareClass}");
    }

    private static void RequireSameFile(TargetFile assigned, TargetFile image)
    {
        if (!string.Equals(assigned.Path, image.Path, StringComparison.Ordinal))
            throw new UpdateException(UpdateReason.Mismatch, $"{assigned.Path} is assigned, {image.Path} is vouched for");
        if (assigned.Length != image.Length)
            throw new UpdateException(
                UpdateReason.Mismatch, $"{image.Path}: the director says {assigned.Length} bytes, the image repository {image.Length}");
        // The same set of algorithms, too: a hash that only one side states is one that the two have not agreed on.
        var agree = assigned.Hashes.Count == image.Hashes.Count
            && assigned.Hashes.All(hash => image.Hashes.TryGetValue(hash.Key, out var other) && hash.Value == other);
        if (!agree) throw new UpdateException(UpdateReason.Mismatch, $"{image.Path}: director and image repository state different hashes");
        FileCheck.Usable(image.Hashes, image.Path);
    }
}
