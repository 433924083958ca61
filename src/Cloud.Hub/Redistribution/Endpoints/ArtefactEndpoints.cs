using Cloud.Hub.Host.Security;
using Cloud.Hub.Redistribution.Registry;
using Hmas.Contracts.Chunks;
using Microsoft.Net.Http.Headers;

namespace Cloud.Hub.Redistribution.Endpoints;

/// <summary>What devices fetch: artefacts, whole or from any byte on, and the keys they are signed with.</summary>
internal static class ArtefactEndpoints
{
    /// <summary>For what is named by a hash of its bytes, also in a cache that many share: who knows 256 bits was told them. All else is
    /// <c>no-store</c>, see <see cref="SecurityModule"/>.</summary>
    public const string Immutable = "public, max-age=31536000, immutable";

    public static void MapArtefacts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/artefacts/{digest}", FetchAsync).RequireAuthorization(HubPolicies.Bytes)
            .WithSummary("An artefact's file; Range and If-Range are honoured");
        routes.MapGet("/artefacts/{digest}/delta", FetchDeltaAsync).RequireAuthorization(HubPolicies.Artefacts)
            .WithSummary("The package as a delta from the package 'from'; 404 when the whole file is as good");
        routes.MapGet("/artefacts/{digest}/chunks", FetchChunksAsync).RequireAuthorization(HubPolicies.Bytes)
            .WithSummary("The artefact as a list of chunks");
        routes.MapGet("/artefacts/{digest}/peers", FetchPeersAsync).RequireAuthorization(HubPolicies.Artefacts)
            .WithSummary("Devices of the asking one's site that may be asked for the artefact's chunks, an address on each line");
        routes.MapGet("/chunks/{hash}", FetchChunkAsync).RequireAuthorization(HubPolicies.Bytes)
            .WithSummary("A chunk by its SHA-256; it never changes, so any cache may keep it");
        routes.MapGet("/keys", Keys).RequireAuthorization(HubPolicies.Artefacts).WithSummary("Public keys, Ed25519, base64, newest first");
    }

    private static async Task<IResult> FetchAsync(
        string digest, HttpContext context, ArtefactRegistry registry, RedistributionMetrics metrics, CancellationToken cancellation)
    {
        if (await registry.PathAsync(digest, cancellation) is not { } path)
            return Results.Problem($"there is no artefact {digest[..Math.Min(digest.Length, 80)]}", statusCode: StatusCodes.Status404NotFound);
        metrics.Fetched();
        context.Response.Headers.CacheControl = Immutable;
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

    private static async Task<IResult> FetchChunksAsync(
        string digest, HttpContext context, PackageChunks chunks, RedistributionMetrics metrics, CancellationToken cancellation)
    {
        if (await chunks.ListAsync(digest, cancellation) is not { } path)
            return Results.Problem($"there is no artefact {digest[..Math.Min(digest.Length, 80)]}", statusCode: StatusCodes.Status404NotFound);
        metrics.Fetched();
        context.Response.Headers.CacheControl = Immutable;
        return Results.File(path, "application/octet-stream", entityTag: new EntityTagHeaderValue($"\"{digest}-chunks\""));
    }

    private static async Task<IResult> FetchPeersAsync(string digest, HttpContext context, ChunkPeers peers, CancellationToken cancellation)
    {
        return Results.Text(string.Join('\n', await peers.OfAsync(context.User.Identity?.Name ?? "", digest, cancellation)));
    }

    private static async Task<IResult> FetchChunkAsync(
        string hash, HttpContext context, PackageChunks chunks, RedistributionMetrics metrics, CancellationToken cancellation)
    {
        if (!Chunk.IsHash(hash) || await chunks.FindAsync(hash, cancellation) is not { } bytes)
            return Results.Problem($"there is no chunk {hash[..Math.Min(hash.Length, 80)]}", statusCode: StatusCodes.Status404NotFound);
        metrics.Fetched();
        context.Response.Headers.CacheControl = Immutable;
        return Results.Bytes(bytes, "application/octet-stream", entityTag: new EntityTagHeaderValue($"\"{hash}\""));
    }

    private static IResult Keys(RegistryKey key) => Results.Json(new KeyList([Convert.ToBase64String(key.PublicKey)]));
}
