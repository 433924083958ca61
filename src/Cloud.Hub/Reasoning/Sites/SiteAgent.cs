using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Reasoning.Contract;

namespace Cloud.Hub.Reasoning.Sites;

/// <summary>Holds a site's state, lets <see cref="SiteReasoner"/> think, and carries out what it decides: one turn at a time.</summary>
/// <remarks>A decision is stored before it is carried out and forgotten after, so a turn that breaks off is
/// finished by the next; carrying it out twice changes nothing.</remarks>
internal sealed class SiteAgent(
    [PersistentState("site", DecisionBook.GrainStorage)] IPersistentState<SiteState> state,
    IFleet fleet, DecisionBook decisions, ReasoningOptions options, TimeProvider time) : Grain, ISiteAgent
{
    private string SiteId => this.GetPrimaryKeyString();

    public async Task HearAsync(IReadOnlyList<SiteFact> facts)
    {
        var heard = 0;
        foreach (var fact in facts) heard += SiteReasoner.Hear(state.State, fact) ? 1 : 0;
        if (heard > 0) await state.WriteStateAsync();
    }

    public async Task ConsiderAsync()
    {
        if (state.State.Pending is null)
        {
            var silent = state.State.OpenAlarms.Count == 0 ? new HashSet<string>() : await SilentAsync();
            var (incident, calmSince) = (state.State.Incident, state.State.CalmSince);
            state.State.Pending = SiteReasoner.Consider(state.State, silent, options, time.GetUtcNow());
            if (state.State.Pending is null && incident == state.State.Incident && calmSince == state.State.CalmSince) return;
            await state.WriteStateAsync();
        }

        if (state.State.Pending is not { } decision) return;
        await CarryOutAsync(decision);
        state.State.Pending = null;
        await state.WriteStateAsync();
    }

    public Task<SiteSituation> SituationAsync() =>
        Task.FromResult(
            new SiteSituation(SiteId, state.State.Devices.Count, state.State.OpenAlarms.Count, state.State.SamplingBoost, state.State.Incident));

    private async Task CarryOutAsync(SiteDecision decision)
    {
        foreach (var device in await fleet.DevicesAsync(CancellationToken.None))
        {
            if (device.SiteId == SiteId && (device.Desired?.SamplingBoost ?? 1) != decision.Boost)
                await fleet.SetSamplingBoostAsync(device.DeviceId, decision.Boost, CancellationToken.None);
        }

        await decisions.AddAsync($"site {SiteId}", decision.Decision, decision.Reason, CancellationToken.None);
    }

    /// <summary>Those with an open alarm that have been away for so long that it says nothing about now.</summary>
    private async Task<HashSet<string>> SilentAsync()
    {
        var since = time.GetUtcNow() - options.OfflineBeforeSilent;
        var silent = new HashSet<string>();
        foreach (var id in state.State.OpenAlarms.Keys)
        {
            if (await fleet.DeviceAsync(id, CancellationToken.None) is { Online: false } device
                && (device.LastSeen is null || device.LastSeen <= since))
                silent.Add(id);
        }

        return silent;
    }
}
