using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Evidence;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Contracts.Twins;
using Hmas.Trust.UpdateFramework.Metadata;
using Hmas.Trust.Uptane;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>Writes a rollout's wish into what the director says of a device, then into the device's desired
/// state: when it hears of the wish, the director stands by it.</summary>
internal sealed class ModelAssigner(IFleet fleet, IArtefactRegistry registry, ImageRepository images, Director director)
{
    /// <summary>Devices in one commit of the director: the twins of some are written while it writes the next.</summary>
    private const int DevicesAtOnce = 10_000;

    /// <summary>Durable when this returns.</summary>
    /// <returns>Why a device could not be told, by device; all others are told.</returns>
    public async Task<IReadOnlyDictionary<string, string>> AssignAsync(
        RolloutState rollout, IReadOnlyList<WantedModel> wanted, FleetSeen seen, CancellationToken cancellation)
    {
        var failures = new Dictionary<string, string>(StringComparer.Ordinal);
        var offers = new Dictionary<WantedModel, (ModelAssignment? Assignment, TargetFile? Image)?>();
        var telling = Task.FromResult<IReadOnlyDictionary<string, string>>(failures);
        // In the order of the tables' keys: each commit then touches neighbouring rows.
        foreach (var some in wanted.OrderBy(static model => model.DeviceId, StringComparer.Ordinal).Chunk(DevicesAtOnce))
        {
            var statements = new List<(DeviceIdentity, TargetFile?)>(some.Length);
            var models = new Dictionary<string, ModelAssignment?>(some.Length, StringComparer.Ordinal);
            foreach (var model in some)
            {
                var alike = model with { DeviceId = "" };
                if (!offers.TryGetValue(alike, out var offer)) offers[alike] = offer = await OfferAsync(rollout, model, cancellation);
                if (offer is not { } known)
                {
                    failures[model.DeviceId] = $"{model.Digest} is not in the registry";
                    continue;
                }

                statements.Add(
                    (new DeviceIdentity(model.DeviceId, seen.Devices.GetValueOrDefault(model.DeviceId)?.Hardware ?? DeviceIdentity.GenericHardware),
                        known.Image));
                models[model.DeviceId] = known.Assignment;
            }

            await director.AssignAsync(statements, cancellation);
            Add(await telling);
            telling = fleet.SetModelsAsync(models, cancellation);
        }

        Add(await telling);
        return failures;

        void Add(IReadOnlyDictionary<string, string> more)
        {
            if (ReferenceEquals(more, failures)) return;
            foreach (var (device, reason) in more) failures[device] = reason;
        }
    }

    /// <summary>What every device gets that is told the same; null: the registry does not know the digest.</summary>
    private async Task<(ModelAssignment? Assignment, TargetFile? Image)?> OfferAsync(
        RolloutState rollout, WantedModel wanted, CancellationToken cancellation)
    {
        if (wanted.Digest is null) return (null, null);
        if (wanted.Digest == ModelAssignment.SetUp)
        {
            // Nothing to fetch, and so nothing to vouch for: the device has it.
            var setUp = new ModelAssignment
            {
                Kind = rollout.Kind, Digest = wanted.Digest, Name = wanted.Digest, Release = 0, PackageBytes = 0, Url = "",
                RolloutId = rollout.RolloutId, Restore = true,
            };
            return (setUp, null);
        }

        if (await registry.FindAsync(wanted.Digest, cancellation) is not { } entry) return null;
        var assignment = new ModelAssignment
        {
            Kind = entry.Kind,
            Digest = entry.Digest,
            Name = entry.Name,
            Release = entry.Release,
            PackageBytes = entry.Bytes,
            Url = $"/artefacts/{entry.Digest}",
            RolloutId = rollout.RolloutId,
            ShadowWindows = wanted.ShadowWindows,
            HealthWindows = rollout.Request.HealthWindows,
            Restore = wanted.Restore,
            Attempt = wanted.Attempt,
        };
        return (assignment, images.Find(entry));
    }
}
