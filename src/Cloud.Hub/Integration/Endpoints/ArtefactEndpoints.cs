using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts.Artefacts;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

internal static class ArtefactEndpoints
{
    private const int MaxWho = 63;
    private const int MaxNote = 500;

    public static void Map(RouteGroupBuilder api)
    {
        var artefacts = api.MapGroup("/artefacts").WithTags("artefacts");
        artefacts.MapGet("", ListAsync)
            .WithSummary("Artefacts of every kind, newest first; kind: model, rules, agent, configuration, bundle or firmware")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        artefacts.MapGet("/{digest}", FindAsync).WithSummary("All that the registry knows of an artefact: lineage, scores, operators, approvals")
            .ProducesProblem(StatusCodes.Status404NotFound);
        artefacts.MapPost("/{digest}/approvals", ApproveAsync).WithSummary("Writes down that somebody stands by an artefact")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        artefacts.MapPost("", AddAsync)
            .WithSummary(
                "Adds a file, which is the body; hardware: classes with commas between them; without a release it gets the next. A bundle says name, release and hardware itself")
            .Accepts<byte[]>("application/octet-stream").ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Results<Ok<IReadOnlyList<ArtefactEntry>>, ProblemHttpResult>> ListAsync(
        string? kind, [FromServices] IArtefactRegistry registry, CancellationToken cancellation)
    {
        try
        {
            return TypedResults.Ok(await registry.ListAsync(kind is null ? null : ArtefactKinds.Require(kind), cancellation));
        }
        catch (FormatException e)
        {
            return Problem.Invalid("kind", e.Message);
        }
    }

    private static async Task<Results<Ok<ArtefactDetails>, ProblemHttpResult>> FindAsync(
        string digest, [FromServices] IArtefactRegistry registry, CancellationToken cancellation) =>
        await registry.DetailsAsync(digest, cancellation) is { } details ? TypedResults.Ok(details) : Problem.Unknown("artefact", digest);

    private static async Task<Results<NoContent, ProblemHttpResult>> ApproveAsync(
        string digest, ApprovalRequest approval, [FromServices] IArtefactRegistry registry, CancellationToken cancellation)
    {
        if (Problem.Text(approval.Who, "who", MaxWho) is { } problem) return problem;
        if (approval.Note is { Length: > 0 } note && Problem.Text(note, "note", MaxNote) is { } wrong) return wrong;
        return await registry.ApproveAsync(digest, approval.Who!, approval.Note ?? "", cancellation)
            ? TypedResults.NoContent() : Problem.Unknown("artefact", digest);
    }

    private static async Task<Results<Created<ArtefactEntry>, ProblemHttpResult>> AddAsync(
        string kind, string? name, long? release, string? hardware, string? licence, HttpContext context, [FromServices] IArtefactRegistry registry,
        CancellationToken cancellation)
    {
        try
        {
            // The registry stops at its own limit, which is another for each kind.
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = null;
            var upload = new ArtefactUpload(
                ArtefactKinds.Require(kind), name ?? "", release, hardware?.Split(',') ?? HardwareClass.AnyOnly,
                context.User.Identity?.Name ?? "operator", licence);
            var entry = await registry.AddAsync(upload, context.Request.Body, cancellation);
            return TypedResults.Created($"/api/v1/artefacts/{entry.Digest}", entry);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            return Problem.Invalid("artefact", e.Message);
        }
    }
}
