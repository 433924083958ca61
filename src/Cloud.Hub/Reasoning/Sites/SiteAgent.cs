using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Reasoning.Contract;

namespace Cloud.Hub.Reasoning.Sites;

/// <summary>Holds a site's state, lets <see cref="SiteReasoner"/> think, and carries out what it decides: one turn at a time.</summary>
internal sealed class SiteAgent(
    [PersistentState("site", DecisionBook.GrainStorage)] IPersistentState<SiteState> state,
    IFleet fleet, DecisionBook decisions, ReasoningOptions options, TimeProvider time) : Grain, ISiteAgent
{
    private string SiteId => this.GetPrimaryKeyString();

    public async Task ObserveAsync(string deviceId, string alarmId, string ruleId, bool raised)
    {
        var decision = SiteReasoner.Observe(state.State, deviceId, alarmId, ruleId, raised, options, time.GetUtcNow());
        await state.WriteStateAsync();
        await CarryOutAsync(decision);
    }

    public async Task ConsiderAsync()
    {
        var calmSince = state.State.CalmSince;
        var decision = SiteReasoner.Consider(state.State, options, time.GetUtcNow());
        if (decision is null && calmSince == state.State.CalmSince) return;
        await state.WriteStateAsync();
        await CarryOutAsync(decision);
    }

    public Task<SiteSituation> SituationAsync() =>
        Task.FromResult(new SiteSituation(SiteId, state.State.Devices.Count, state.State.OpenAlarms.Count, state.State.SamplingBoost, state.State.Incident));

    private async Task CarryOutAsync(SiteDecision? decision)
    {
        if (decision is null) return;
        foreach (var device in await fleet.DevicesAsync(CancellationToken.None))
        {
            if (device.SiteId == SiteId) await fleet.SetSamplingBoostAsync(device.DeviceId, decision.Boost, CancellationToken.None);
        }

        await decisions.AddAsync($"site {SiteId}", decision.Decision, decision.Reason, CancellationToken.None);
    }
}
