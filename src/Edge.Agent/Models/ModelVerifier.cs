using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Hmas.Contracts.Twins;
using Hmas.Trust;

namespace Edge.Agent.Models;

/// <summary>Whether a package is the one assigned, signed by a trusted key, and made for this device. Pure.</summary>
/// <param name="trustedKeys">Ed25519 public keys; none: nothing is ever accepted.</param>
/// <param name="hardware">This device's class; null: any will do, since a recording is played.</param>
internal sealed class ModelVerifier(
    IReadOnlyList<byte[]> trustedKeys, string? hardware, IReadOnlyList<SensorChannel> channels, double rateHz, long maxPackageBytes)
{
    /// <summary>Rates that differ by less are the same: clocks of sensors are not that good.</summary>
    private const double RateTolerance = 0.01;

    private readonly PackageLimits _limits = new() { MaxPackageBytes = maxPackageBytes };

    /// <exception cref="ModelRefusal">Not acceptable, with the word for the slot report.</exception>
    public VerifiedPackage Verify(ReadOnlyMemory<byte> package, ModelAssignment assignment, SlotEntry? active)
    {
        VerifiedPackage verified;
        try
        {
            verified = ModelPackage.Verify(package, assignment.Digest, trustedKeys, _limits);
        }
        catch (PackageException error)
        {
            throw new ModelRefusal(WordOf(error.Reason), $"{error.Reason}: {error.Message}", error);
        }

        RequireAssigned(verified.Manifest, assignment);
        RequireNotOlder(verified.Manifest, assignment, active);
        RequireFit(verified.Manifest);
        return verified;
    }

    private static void RequireAssigned(ModelManifest manifest, ModelAssignment assignment)
    {
        if (manifest.Name != assignment.Name || manifest.Release != assignment.Release)
            throw new ModelRefusal(
                "digest-mismatch",
                $"package is {manifest.Name} release {manifest.Release}, assigned is {assignment.Name} release {assignment.Release}");
    }

    private static void RequireNotOlder(ModelManifest manifest, ModelAssignment assignment, SlotEntry? active)
    {
        if (active is not null && !assignment.Restore && active.Name == manifest.Name && manifest.Release < active.Release)
            throw new ModelRefusal(
                "older-release",
                $"release {manifest.Release} of {manifest.Name} is older than the active release {active.Release}, and this is no restore");
    }

    private void RequireFit(ModelManifest manifest)
    {
        if (hardware is not null && !HardwareClass.Covers(manifest.HardwareClasses, hardware))
            throw new ModelRefusal("hardware", $"model is made for {string.Join(", ", manifest.HardwareClasses)}, this is a {hardware}");
        foreach (var name in manifest.Channels)
        {
            if (!channels.Any(channel => channel.Name == name))
                throw new ModelRefusal(
                    "channels", $"model reads channel '{name}', the device has {string.Join(", ", channels.Select(channel => channel.Name))}");
        }

        if (Math.Abs(manifest.RateHz - rateHz) > RateTolerance * rateHz)
            throw new ModelRefusal("channels", $"model is made for {manifest.RateHz} Hz, the device samples at {rateHz} Hz");
    }

    private static string WordOf(string packageReason) => packageReason switch
    {
        PackageReason.DigestMismatch => "digest-mismatch",
        PackageReason.Signature => "signature",
        PackageReason.Manifest => "shape",
        _ => "download",
    };
}
