using Cloud.Hub.Host.Security;
using Cloud.Hub.Redistribution.Registry;
using Microsoft.Net.Http.Headers;

namespace Cloud.Hub.Redistribution.Endpoints;

/// <summary>What devices fetch: packages, whole or from any byte on, and the keys they are signed with.</summary>
internal static class ArtefactEndpoints
{
    public static void MapArtefacts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/artefacts/{digest}", FetchAsync).RequireAuthorization(HubPolicies.Artefacts).WithSummary("A package file; Range and If-Range are honoured");
        routes.MapGet("/artefacts/{digest}/delta", FetchDeltaAsync).RequireAuthorization(HubPolicies.Artefacts).WithSummary("The package as a delta from the package 'from'; 404 when the whole file is as good");
        routes.MapGet("/keys", Keys).RequireAuthorization(HubPolicies.Artefacts).WithSummary("Public keys, Ed25519, base64, newest first");
    }

    private static async Task<IResult> FetchAsync(string digest, ModelRegistry registry, RedistributionMetrics metrics, CancellationToken cancellation)
    {
        if (await registry.PackagePathAsync(digest, cancellation) is not { } path) return Results.Problem($"there is no package {digest[..Math.Min(digest.Length, 80)]}", statusCode: StatusCodes.Status404NotFound);
        metrics.Fetched();
        return Results.File(path, "application/octet-stream", enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{digest}\""));
    }

    private static async Task<IResult> FetchDeltaAsync(string digest, string from, PackageDeltas deltas, RedistributionMetrics metrics, CancellationToken cancellation)
    {
        if (await deltas.PathAsync(from, digest, cancellation) is not { } path) return Results.Problem("there is no delta between these two: fetch the whole package", statusCode: StatusCodes.Status404NotFound);
        metrics.Fetched();
        return Results.File(path, "application/octet-stream", enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{from}-{digest}\""));
    }

    private static IResult Keys(RegistryKey key) => Results.Json(new KeyList([Convert.ToBase64String(key.PublicKey)]));
}
