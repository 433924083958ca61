using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Reasoning.Sites;

namespace Cloud.Hub.Reasoning;

/// <summary>The door: asks the sites' agents and reads the book of decisions.</summary>
internal sealed class UpperAgents(IGrainFactory grains, IFleet fleet, DecisionBook decisions) : IAgents
{
    public async Task<IReadOnlyList<SiteSituation>> SitesAsync(CancellationToken cancellation)
    {
        var situations = new List<SiteSituation>();
        foreach (var site in (await fleet.DevicesAsync(cancellation)).GroupBy(device => device.SiteId)
            .OrderBy(site => site.Key, StringComparer.Ordinal))
        {
            var situation = await grains.GetGrain<ISiteAgent>(site.Key).SituationAsync();
            situations.Add(situation with { Devices = site.Count() });
        }

        return situations;
    }

    public Task<IReadOnlyList<AgentDecision>> DecisionsAsync(int limit, CancellationToken cancellation) => Task.FromResult(decisions.Newest(limit));
}
