using System.Globalization;
using Cloud.Hub.Host.Security;
using Cloud.Hub.Redistribution.Registry;
using Cloud.Hub.Redistribution.Trust;
using Hmas.Contracts.Artefacts;
using Hmas.Trust.Uptane;
using Hmas.Trust.UpdateFramework;
using Microsoft.Net.Http.Headers;

namespace Cloud.Hub.Redistribution.Endpoints;

/// <summary>Both repositories as a client of The Update Framework asks for them, and the way in for targets that were signed elsewhere.</summary>
internal static class TrustEndpoints
{
    public static void MapTrust(this IEndpointRouteBuilder routes)
    {
        var tuf = routes.MapGroup("/tuf");
        tuf.MapGet("/images/metadata/{file}", ImageMetadata).RequireAuthorization(HubPolicies.Artefacts)
            .WithSummary("Metadata of the image repository");
        tuf.MapGet("/images/targets/{**path}", ImageTargetAsync).RequireAuthorization(HubPolicies.Bytes)
            .WithSummary("An artefact by its target path, its hash before the file name");
        tuf.MapPost("/images/targets", TakeTargetsAsync).WithSummary("Takes N.targets.json from a signing ceremony");
        tuf.MapPost("/images/roles/{role}", TakeRoleAsync).WithSummary("Takes N.ROLE.json of a team that the targets delegate to");
        tuf.MapGet("/director/{device}/{file}", DirectorAsync).RequireAuthorization(HubPolicies.Artefacts)
            .WithSummary("Metadata of a device's director, for that device and operators");
    }

    private static IResult ImageMetadata(string file, ImageRepository images)
    {
        if (file == "timestamp.json") images.Renew();
        return images.FileOf(file) is { } path ? Results.File(path, "application/json") : NotFound(file);
    }

    private static async Task<IResult> ImageTargetAsync(
        string path, HttpContext context, ImageRepository images, ArtefactTable table, ArtefactRegistry registry, RedistributionMetrics metrics,
        CancellationToken cancellation)
    {
        // FOLDER/NAME/HASH.RELEASE-DIGEST.ENDING
        if (path.Split('/') is not [var folder, var name, var file] || file.Split('.', 2) is not [var hash, var rest]
            || ArtefactKinds.OfFolder(folder) is not { } kind)
            return NotFound(path);
        if (images.Find(ArtefactTarget.FolderOf(kind, name) + rest) is not { } target || !target.Hashes.Values.Contains(hash)) return NotFound(path);
        if (!long.TryParse(rest.Split('-')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var release)
            || table.FindRelease(kind, name, release) is not { } entry)
            return NotFound(path);
        if (entry.TargetPath != target.Path || await registry.PathAsync(entry.Digest, cancellation) is not { } bytes) return NotFound(path);
        metrics.Fetched();
        context.Response.Headers.CacheControl = ArtefactEndpoints.Immutable;
        return Results.File(
            bytes, "application/octet-stream", enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{entry.Digest}\""));
    }

    private static Task<IResult> TakeTargetsAsync(HttpContext context, ImageRepository images) => TakeAsync(context, images.Take);

    private static Task<IResult> TakeRoleAsync(string role, HttpContext context, ImageRepository images) =>
        TakeAsync(context, file => images.Take(role, file));

    private static async Task<IResult> TakeAsync(HttpContext context, Action<byte[]> take)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        try
        {
            take(body.ToArray());
            return Results.NoContent();
        }
        catch (UpdateException e)
        {
            return Results.Problem(e.Message, title: "refused", statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static async Task<IResult> DirectorAsync(
        string device, string file, HttpContext context, Director director, CancellationToken cancellation)
    {
        if (!context.User.IsInRole(HubRoles.Operator) && context.User.Identity?.Name != device) return Results.Forbid();
        return await director.FileAsync(device, file, cancellation) is { } bytes ? Results.Bytes(bytes, "application/json") : NotFound(file);
    }

    private static IResult NotFound(string what) =>
        Results.Problem($"there is no {what[..Math.Min(what.Length, 80)]}", statusCode: StatusCodes.Status404NotFound);
}
