using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Contracts.Twins;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Writes a rollout's wish into what the director says of a device, then into the device's desired state: when it hears of the wish, the director stands by it.</summary>
internal sealed class ModelAssigner(IFleet fleet, IArtefactRegistry registry, ImageRepository images, Director director)
{
    /// <summary>Durable and published when this returns.</summary>
    /// <param name="hardware">What the device says it is; null: nothing.</param>
    /// <exception cref="InvalidOperationException">The registry does not know the digest.</exception>
    public async Task AssignAsync(RolloutState rollout, WantedModel wanted, string? hardware, CancellationToken cancellation)
    {
        ModelAssignment? assignment = null;
        TargetFile? image = null;
        if (wanted.Digest is not null)
        {
            var entry = await registry.FindAsync(wanted.Digest, cancellation)
                ?? throw new InvalidOperationException($"{wanted.Digest} for {wanted.DeviceId} is not in the registry");
            image = images.Find(entry);
            assignment = new ModelAssignment
            {
                Kind = entry.Kind,
                Digest = entry.Digest,
                Name = entry.Name,
                Release = entry.Release,
                PackageBytes = entry.Bytes,
                Url = $"/artefacts/{entry.Digest}",
                RolloutId = rollout.RolloutId,
                // Back means back at once: the old model has proven itself.
                ShadowWindows = wanted.Restore ? 0 : rollout.Request.ShadowWindows,
                HealthWindows = rollout.Request.HealthWindows,
                Restore = wanted.Restore,
            };
        }

        await director.AssignAsync(new DeviceIdentity(wanted.DeviceId, hardware ?? DeviceIdentity.GenericHardware), image, cancellation);
        await fleet.SetModelAsync(wanted.DeviceId, assignment, cancellation);
    }
}
