using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts;
using Hmas.Inference;
using Hmas.Trust;

namespace Cloud.Hub.Redistribution.Endpoints;

/// <summary>Registry and rollouts over REST, for operators.</summary>
internal static class RedistributionEndpoints
{
    public static void MapRegistry(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models", (IModelRegistry registry, CancellationToken cancellation) => registry.ListAsync(cancellation));
        routes.MapGet("/models/{digest}", async (string digest, IModelRegistry registry, CancellationToken cancellation) =>
            await registry.FindAsync(digest, cancellation) is { } entry ? Results.Json(entry, RedistributionJson.Options) : Results.NotFound());
        routes.MapPost("/models", AddAsync).DisableAntiforgery();
        routes.MapPost(
            "/models/{digest}/quarantine", async (string digest, string reason, IModelQuarantine quarantine, CancellationToken cancellation) =>
            await quarantine.QuarantineAsync(digest, reason, cancellation) ? Results.NoContent() : Results.NotFound());
    }

    public static void MapRollouts(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(
            "/rollouts",
            async (IRollouts rollouts,
                CancellationToken cancellation) => Results.Json(await rollouts.ListAsync(cancellation), RedistributionJson.Options));
        routes.MapGet(
            "/rollouts/{id}",
            async (string id, IRollouts rollouts, CancellationToken cancellation) => View(await rollouts.FindAsync(id, cancellation)));
        routes.MapPost("/rollouts", StartAsync);
        routes.MapPost(
            "/rollouts/{id}/{command}", async (string id, string command, HttpContext context, IRollouts rollouts, CancellationToken cancellation) =>
        {
            if (!Enum.TryParse<RolloutCommand>(command, ignoreCase: true, out var known) || !Enum.IsDefined(known)) return Results.NotFound();
            try
            {
                return View(await rollouts.CommandAsync(id, known, context.User.Identity?.Name ?? "", cancellation));
            }
            catch (RolloutRefusedException e)
            {
                return Refused(e.Message);
            }
        });
    }

    /// <summary>A form with two files: <c>manifest</c> (JSON) and <c>onnx</c>.</summary>
    private static async Task<IResult> AddAsync(
        IFormFile manifest, IFormFile onnx, HttpContext context, IModelRegistry registry, CancellationToken cancellation)
    {
        try
        {
            await using var text = manifest.OpenReadStream();
            var parsed = await JsonSerializer.DeserializeAsync(text, ContractsJson.Default.ModelManifest, cancellation);
            if (parsed is null) return Results.Problem("manifest: null", statusCode: StatusCodes.Status400BadRequest);
            using var bytes = new MemoryStream();
            await onnx.CopyToAsync(bytes, cancellation);
            return Results.Json(
                await registry.AddAsync(parsed, bytes.ToArray(), context.User.Identity?.Name ?? "", cancellation), RedistributionJson.Options);
        }
        catch (Exception e) when (e is JsonException or FormatException or PackageException or InferenceException or ArgumentException)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> StartAsync(HttpContext context, IRollouts rollouts, CancellationToken cancellation)
    {
        try
        {
            var request = await context.Request.ReadFromJsonAsync<RolloutRequest>(RedistributionJson.Requests, cancellation);
            if (request is not null) request = request with { RequestedBy = context.User.Identity?.Name ?? "operator" };
            return (request is null ? "request: null" : RolloutRules.Fault(request)) is { } fault
                ? Results.Problem(fault, statusCode: StatusCodes.Status400BadRequest) : View(await rollouts.StartAsync(request!, cancellation));
        }
        catch (JsonException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
        catch (RolloutRefusedException e)
        {
            return Refused(e.Message);
        }
    }

    private static IResult View(RolloutView? view) => view is null ? Results.NotFound() : Results.Json(view, RedistributionJson.Options);

    private static IResult Refused(string reason) => Results.Problem(reason, title: "refused", statusCode: StatusCodes.Status409Conflict);
}
