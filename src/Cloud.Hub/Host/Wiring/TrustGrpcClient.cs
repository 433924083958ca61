using Cloud.Hub.Redistribution.Contract;
using V1 = Cloud.Hub.Redistribution.Contract.V1;

namespace Cloud.Hub.Host.Wiring;

/// <summary>The door of trust's state when Redistribution runs in another process.</summary>
internal sealed class TrustGrpcClient(V1.Trust.TrustClient client) : ITrustStatus
{
    public async Task<IReadOnlyList<TrustRole>> RolesAsync(CancellationToken cancellation) =>
        [.. (await client.RolesAsync(new V1.TrustRolesRequest(), cancellationToken: cancellation)).Roles.Select(static role => new TrustRole(
            role.Repository, role.Role, role.Version, DateTimeOffset.FromUnixTimeMilliseconds(role.ExpiresAtMs), role.ByHand,
            role.Warning.Length > 0 ? role.Warning : null))];
}
