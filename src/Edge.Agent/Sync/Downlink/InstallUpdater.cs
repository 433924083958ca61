using Edge.Agent.Models;
using Hmas.Contracts.Artefacts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Twins;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Brings an agent program, rules, configuration or a bundle of them and a model onto the device: fetched and verified
/// whole, staged, probed, then one pointer is flipped and the program starts anew.</summary>
/// <param name="fetch">Null: the device cannot take installs.</param>
/// <param name="restart">Ends the program in order; whoever watches over it starts the launcher again.</param>
internal sealed class InstallUpdater(
    InstallFolder installs, InstallFetch? fetch, InstallProbe probe, ModelSlots slots, SlotReporter reporter, Action restart)
{
    /// <exception cref="ModelRefusal">It is not taken; nothing has changed.</exception>
    public async Task ApplyAsync(ModelAssignment assignment, CancellationToken ct)
    {
        var install = assignment is { Restore: true, Digest: ModelAssignment.SetUp } ? "" : InstallFolder.NameOf(assignment.Digest);
        var current = installs.Current;
        if (current.Active == install)
        {
            if (current.Committed) reporter.Tell(SlotState.Committed, assignment);
            return;
        }

        if (assignment.Restore && (install.Length == 0 || (current.Previous == install && installs.Has(install)))) installs.TakeBack(install);
        // A failed one is not tried again until something in its assignment changes.
        else if (current.Failed == install && installs.AssignmentOf(install) == assignment) return;
        else await BringAsync(assignment, install, ct);
        restart();
    }

    private async Task BringAsync(ModelAssignment assignment, string install, CancellationToken ct)
    {
        if (fetch is null) throw new ModelRefusal("download", "the agent was not started by hmas-launch, or has no way to the hub's artefacts");
        reporter.Tell(SlotState.Downloading, assignment);
        var files = await fetch.FetchAsync(assignment, ct);
        reporter.Tell(SlotState.Verified, assignment);
        installs.Stage(assignment, files);
        await probe.RunAsync(installs.PathOf(install), ct);
        reporter.Tell(SlotState.Probed, assignment);
        slots.Raise(ArtefactKinds.Counter(assignment.Kind, assignment.Name), assignment.Release);
        installs.Activate(install);
    }

    public void Refuse(ModelAssignment assignment)
    {
        if (ArtefactDigest.IsValid(assignment.Digest)) installs.Refuse(assignment);
    }
}
