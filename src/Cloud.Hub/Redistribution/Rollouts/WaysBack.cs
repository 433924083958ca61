using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Planning;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Redistribution.Rollouts;

/// <summary>What devices are taken back to.</summary>
internal sealed class WaysBack(IArtefactRegistry registry)
{
    /// <returns>What each answers with, or nothing where that was thrown out; and devices that could not be taken back, as the registry
    /// does not know what they answer with: those of one such digest.</returns>
    public async Task<(IReadOnlyDictionary<string, string?> Previous, IReadOnlyList<string> Lost)> FindAsync(
        IReadOnlyList<RolloutTarget> targets, ArtefactKind kind, CancellationToken cancellation)
    {
        var previous = targets.ToDictionary(static target => target.Device.DeviceId, static target => target.CurrentDigest, StringComparer.Ordinal);
        var lost = new List<string>();
        foreach (var digest in previous.Values.Distinct().OfType<string>().Where(static digest => digest != ModelAssignment.SetUp).ToList())
        {
            var known = await registry.FindAsync(digest, cancellation);
            if (known is { Quarantined: false }) continue;
            var those = previous.Where(pair => pair.Value == digest).Select(static pair => pair.Key).ToList();
            if (known is null) lost.AddRange(those);
            // Nobody is taken back to what was thrown out: without a model the rules still hold.
            else foreach (var id in those) previous[id] = ArtefactKinds.IsInstall(kind) ? ModelAssignment.SetUp : null;
        }

        return (previous, lost);
    }
}
