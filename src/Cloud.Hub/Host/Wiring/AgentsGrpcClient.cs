using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Reasoning.Contract.Grpc;

namespace Cloud.Hub.Host.Wiring;

/// <summary>Reasoning's door when it runs in another process.</summary>
internal sealed class AgentsGrpcClient(Reasoning.Contract.Grpc.Reasoning.ReasoningClient client) : IAgents
{
    public async Task<IReadOnlyList<SiteSituation>> SitesAsync(CancellationToken cancellation) =>
        [.. (await client.ListSitesAsync(new ListSitesRequest(), cancellationToken: cancellation)).Sites.Select(static site => new SiteSituation(
            site.SiteId, site.Devices, site.Anomalous, site.SamplingBoost, site.Incident.Length > 0 ? site.Incident : null))];

    public async Task<IReadOnlyList<AgentDecision>> DecisionsAsync(int limit, CancellationToken cancellation) =>
        [.. (await client.ListDecisionsAsync(
            new ListDecisionsRequest { Limit = limit }, cancellationToken: cancellation)).Decisions.Select(static decision => new AgentDecision(
            DateTimeOffset.UnixEpoch.AddMicroseconds(decision.AtUs), decision.Agent, decision.Decision, decision.Reason))];
}
