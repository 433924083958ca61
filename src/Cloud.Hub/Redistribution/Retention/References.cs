using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Storage;
using Cloud.Hub.Redistribution.Trust;

namespace Cloud.Hub.Redistribution.Retention;

/// <summary>Everything that names an artefact now: twins (what runs, what it can return to, what it is told), rollouts (which can be
/// taken back as long as they are listed), the director, and targets that others signed.</summary>
internal sealed class References(IFleet fleet, IRollouts rollouts, RolloutStore store, Director director, ImageRepository images)
{
    /// <summary>As many as the list of rollouts has.</summary>
    private const int MaxListed = 1_000;

    /// <returns>Digests and target paths.</returns>
    /// <remarks>Throws when one of them cannot be asked: then nothing is known, and nothing may go.</remarks>
    public async Task<IReadOnlySet<string>> FindAsync(CancellationToken cancellation)
    {
        var found = new HashSet<string>(director.Paths(), StringComparer.Ordinal);
        // Where the hub signs targets itself they name everything, which says nothing; signed elsewhere, they are the keepers' word.
        if (!images.IsHeldHere && images.State is { } state) found.UnionWith(state.Paths);
        foreach (var device in await fleet.DevicesAsync(cancellation))
        {
            var reported = device.Reported;
            Add(
                found, reported?.ActiveDigest, reported?.InstallDigest, reported?.PreviousDigest, reported?.StandbyDigest,
                device.Desired?.Model?.Digest);
        }

        var listed = await rollouts.ListAsync(cancellation);
        // One that has not ended counts however many came after it, and one that is left out of the list, as it cannot be read, stops all.
        var others = store.Open().Concat(store.Page(null, MaxListed).Select(static row => row.Id))
            .Except(listed.Select(static rollout => rollout.RolloutId));
        var open = await Task.WhenAll(others.Select(id => rollouts.FindAsync(id, cancellation)));
        foreach (var rollout in listed.Concat(open.OfType<RolloutView>()))
        {
            Add(found, rollout.Request.Digest);
            foreach (var device in rollout.Groups.SelectMany(static group => group.Devices))
                Add(found, device.PreviousDigest, device.AnsweringDigest);
        }

        return found;
    }

    private static void Add(HashSet<string> found, params ReadOnlySpan<string?> digests)
    {
        foreach (var digest in digests)
        {
            if (digest is not null) found.Add(digest);
        }
    }
}
