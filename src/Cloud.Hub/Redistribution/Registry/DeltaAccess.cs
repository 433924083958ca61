using Cloud.Hub.Communication.Contract;
using Hmas.Contracts.Artefacts;

namespace Cloud.Hub.Redistribution.Registry;

/// <summary>Which differences a device may ask for: each pair costs the hub seconds of a core and a file,
/// so only from what it said it has to what it is told.</summary>
internal sealed class DeltaAccess(IFleet fleet, ArtefactRegistry registry)
{
    public async Task<bool> MayAsync(string deviceId, string from, string to, CancellationToken cancellation)
    {
        if (await fleet.DeviceAsync(deviceId, cancellation) is not { Reported: { } reported, Desired.Model: { } wanted }) return false;
        return await BringsAsync(wanted.Digest, to, cancellation)
            && (await BringsAsync(reported.ActiveDigest, from, cancellation) || await BringsAsync(reported.InstallDigest, from, cancellation)
                || await BringsAsync(reported.PreviousDigest, from, cancellation) || reported.StandbyDigest == from);
    }

    /// <summary>The artefact itself, or a part of it.</summary>
    private async Task<bool> BringsAsync(string? artefact, string digest, CancellationToken cancellation)
    {
        if (artefact is null) return false;
        if (artefact == digest) return true;
        return await registry.FindAsync(artefact, cancellation) is { Kind: ArtefactKind.Bundle } entry
            && await registry.BundleAsync(entry, cancellation) is { } bundle && bundle.Parts.Any(part => part.Digest == digest);
    }
}
