using Cloud.Hub.Redistribution.Contract;
using Hmas.Trust.UpdateFramework;
using Hmas.Trust.UpdateFramework.Metadata;

namespace Cloud.Hub.Redistribution.Trust;

/// <summary>How long each role of both repositories still holds.</summary>
internal sealed class TrustStatus(ImageRepository images, Director director, TimeProvider time) : ITrustStatus
{
    public IReadOnlyList<RoleLife> Lives() =>
    [
        .. Images(images.State),
        new RoleLife("director", RootMetadata.Type, director.RootHeader, director.IsRootOffline),
    ];

    private IEnumerable<RoleLife> Images(ImageState? state) => state is null
        ? []
        : state.Headers
            .Select(header => new RoleLife(
                "images", header.Type, header, !images.IsHeldHere && header.Type is (RootMetadata.Type or TargetsMetadata.Type)))
            .Concat(state.Delegated.Select(static role => new RoleLife(
                "images", role.Name, role.Targets?.Header ?? RoleLife.Missing, ByHand: true)));

    public Task<IReadOnlyList<TrustRole>> RolesAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        return Task.FromResult<IReadOnlyList<TrustRole>>(
            [.. Lives()
                .Select(life => new TrustRole(
                    life.Repository, life.Role, life.Header.Version, life.Header.Expires, life.ByHand, life.Warning(now)))]);
    }
}
