using Microsoft.AspNetCore.Routing.Matching;

namespace Cloud.Hub.Host.Ports;

/// <summary>Takes an endpoint out of the choice when the connection came in on another service's port.</summary>
/// <remarks>By the socket's own port, not by the Host header as <c>RequireHost</c> does: a caller chooses that header.</remarks>
internal sealed class ServicePortPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    /// <summary>Before the policies of HTTP method and content type, so that another service's route never answers 405 or 415.</summary>
    public override int Order => -2_000;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) => true;

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        var port = httpContext.Connection.LocalPort;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates.IsValidCandidate(i) && candidates[i].Endpoint?.Metadata.GetMetadata<ServicePort>() is { } owner && owner.Port != port)
            {
                candidates.SetValidity(i, false);
            }
        }

        return Task.CompletedTask;
    }
}
