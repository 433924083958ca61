using Cloud.Hub.Redistribution.Contract;
using Grpc.Core;
using V1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Redistribution.Endpoints;

/// <summary>Serves the door of trust's state over gRPC.</summary>
internal sealed class TrustEndpoint(ITrustStatus trust) : V1.Trust.TrustBase
{
    public override async Task<V1.TrustRolesReply> Roles(V1.TrustRolesRequest request, ServerCallContext context) => new()
    {
        Roles =
        {
            (await trust.RolesAsync(context.CancellationToken)).Select(static role => new V1.TrustRole
            {
                Repository = role.Repository, Role = role.Role, Version = role.Version, ExpiresAtMs = role.Expires.ToUnixTimeMilliseconds(),
                ByHand = role.ByHand, Warning = role.Warning ?? "",
            }),
        },
    };
}
