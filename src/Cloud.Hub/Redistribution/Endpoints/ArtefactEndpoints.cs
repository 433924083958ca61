using Cloud.Hub.Host.Security;
using Cloud.Hub.Redistribution.Registry;
using Microsoft.Net.Http.Headers;

namespace Cloud.Hub.Redistribution.Endpoints;

/// <summary>What devices fetch: artefacts, whole or from any byte on, and the keys they are signed with.</summary>
internal static class ArtefactEndpoints
{
    public static void MapArtefacts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/artefacts/{digest}", Fetch).RequireAuthorization(HubPolicies.Artefacts)
            .WithSummary("An artefact's file; Range and If-Range are honoured");
        routes.MapGet("/artefacts/{digest}/delta", FetchDeltaAsync).RequireAuthorization(HubPolicies.Artefacts)
            .WithSummary("The package as a delta from the package 'from'; 404 when the whole file is as good");
        routes.MapGet("/keys", Keys).RequireAuthorization(HubPolicies.Artefacts).WithSummary("Public keys, Ed25519, base64, newest first");
    }

    private static IResult Fetch(string digest, ArtefactRegistry registry, RedistributionMetrics metrics)
    {
        if (registry.PathOf(digest) is not { } path)
            return Results.Problem($"there is no artefact {digest[..Math.Min(digest.Length, 80)]}", statusCode: StatusCodes.Status404NotFound);
        metrics.Fetched();
        return Results.File(path, "application/octet-stream", enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{digest}\""));
    }

    private static async Task<IResult> FetchDeltaAsync(
        string digest, string from, HttpContext context, DeltaAccess access, PackageDeltas deltas, RedistributionMetrics metrics,
        CancellationToken cancellation)
    {
        if (!context.User.IsInRole(HubRoles.Operator) && !await access.MayAsync(context.User.Identity?.Name ?? "", from, digest, cancellation))
            return Results.Forbid();
        if (await deltas.PathAsync(from, digest, cancellation) is not { } path)
            return Results.Problem("there is no delta between these two: fetch the whole package", statusCode: StatusCodes.Status404NotFound);
        metrics.Fetched();
        return Results.File(
            path, "application/octet-stream", enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{from}-{digest}\""));
    }

    private static IResult Keys(RegistryKey key) => Results.Json(new KeyList([Convert.ToBase64String(key.PublicKey)]));
}
