using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Reasoning.Contract.Grpc;
using Grpc.Core;
using Hmas.Contracts;

namespace Cloud.Hub.Reasoning.Endpoints;

/// <summary>The door over gRPC.</summary>
internal sealed class ReasoningEndpoint(IAgents agents) : Contract.Grpc.Reasoning.ReasoningBase
{
    private const int MostDecisions = 10_000;

    public override async Task<ListSitesReply> ListSites(ListSitesRequest request, ServerCallContext context)
    {
        var reply = new ListSitesReply();
        reply.Sites.AddRange((await agents.SitesAsync(context.CancellationToken)).Select(site => new SiteSituationMessage
        {
            SiteId = site.SiteId,
            Devices = site.Devices,
            Anomalous = site.Anomalous,
            SamplingBoost = site.SamplingBoost,
            Incident = site.Incident ?? "",
        }));
        return reply;
    }

    public override async Task<ListDecisionsReply> ListDecisions(ListDecisionsRequest request, ServerCallContext context)
    {
        if (request.Limit is < 1 or > MostDecisions)
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"limit {request.Limit} is outside 1 to {MostDecisions}"));
        var reply = new ListDecisionsReply();
        reply.Decisions.AddRange((await agents.DecisionsAsync(request.Limit, context.CancellationToken)).Select(decision => new AgentDecisionMessage
        {
            AtUs = decision.At.ToUnixMicroseconds(),
            Agent = decision.Agent,
            Decision = decision.Decision,
            Reason = decision.Reason,
        }));
        return reply;
    }
}
