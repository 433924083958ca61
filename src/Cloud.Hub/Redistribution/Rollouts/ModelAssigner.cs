using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Writes a rollout's wish into a device's desired state.</summary>
internal sealed class ModelAssigner(IFleet fleet, IModelRegistry registry)
{
    /// <summary>Durable and published when this returns.</summary>
    /// <exception cref="InvalidOperationException">The registry does not know the digest.</exception>
    public async Task AssignAsync(RolloutState rollout, WantedModel wanted, CancellationToken cancellation)
    {
        ModelAssignment? assignment = null;
        if (wanted.Digest is not null)
        {
            var entry = await registry.FindAsync(wanted.Digest, cancellation)
                ?? throw new InvalidOperationException($"{wanted.Digest} for {wanted.DeviceId} is not in the registry");
            assignment = new ModelAssignment
            {
                Digest = entry.Digest,
                Name = entry.Manifest.Name,
                Release = entry.Manifest.Release,
                PackageBytes = entry.PackageBytes,
                Url = $"/artefacts/{entry.Digest}",
                RolloutId = rollout.RolloutId,
                // Back means back at once: the old model has proven itself.
                ShadowWindows = wanted.Restore ? 0 : rollout.Request.ShadowWindows,
                HealthWindows = rollout.Request.HealthWindows,
                Restore = wanted.Restore,
            };
        }

        await fleet.SetModelAsync(wanted.DeviceId, assignment, cancellation);
    }
}
