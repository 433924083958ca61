using System.Text.Json;
using Cloud.Hub.Redistribution.Contract;
using Hmas.Contracts;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Trust;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

internal static class ModelEndpoints
{
    private const int MaxReason = 500;
    private const int MaxManifestBytes = 1 << 20;

    public static void Map(RouteGroupBuilder api)
    {
        var models = api.MapGroup("/models").WithTags("models");
        models.MapGet("", ListAsync).WithSummary("Registered models, newest first");
        models.MapGet("/{digest}", FindAsync).WithSummary("A model with its manifest").ProducesProblem(StatusCodes.Status404NotFound);
        models.MapGet("/{digest}/package", PackageAsync).WithSummary("The signed package file")
            .Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream").ProducesProblem(StatusCodes.Status404NotFound);
        models.MapPost("/{digest}/quarantine", QuarantineAsync).WithSummary("Nobody gets it again, and rollouts of it go back; for good")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        models.MapPost("", AddAsync).WithSummary("Adds a model: multipart parts manifest and onnx; the registry signs it")
            .Accepts<ModelUpload>("multipart/form-data")
            .DisableAntiforgery().ProducesProblem(StatusCodes.Status400BadRequest);
    }

    private static async Task<Ok<IReadOnlyList<ModelEntry>>> ListAsync([FromServices] IModelRegistry registry, CancellationToken cancellation) =>
        TypedResults.Ok(await registry.ListAsync(cancellation));

    private static async Task<Results<Ok<ModelEntry>, ProblemHttpResult>> FindAsync(
        string digest, [FromServices] IModelRegistry registry, CancellationToken cancellation) =>
        await registry.FindAsync(digest, cancellation) is { } entry ? TypedResults.Ok(entry) : Problem.Unknown("model", digest);

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> PackageAsync(
        string digest, [FromServices] IModelRegistry registry, CancellationToken cancellation)
    {
        if (await registry.PackageAsync(digest, cancellation) is not { } package) return Problem.Unknown("model", digest);
        return TypedResults.Bytes(package, "application/octet-stream", $"{digest[(digest.IndexOf(':') + 1)..]}.hmas");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> QuarantineAsync(
        string digest, QuarantineRequest request, [FromServices] IModelQuarantine quarantine, HttpContext context, CancellationToken cancellation)
    {
        if (Problem.Text(request.Reason, "reason", MaxReason) is { } problem) return problem;
        var reason = $"{request.Reason} ({context.User.Identity?.Name ?? "operator"})";
        return await quarantine.QuarantineAsync(digest, reason, cancellation) ? TypedResults.NoContent() : Problem.Unknown("model", digest);
    }

    private static async Task<Results<Created<ModelEntry>, ProblemHttpResult>> AddAsync(
        HttpRequest request, [FromServices] IModelRegistry registry, HttpContext context, CancellationToken cancellation)
    {
        if (!request.HasFormContentType) return Problem.Invalid("Content-Type", "must be multipart/form-data with the parts manifest and onnx");
        IFormCollection form;
        try
        {
            form = await request.ReadFormAsync(cancellation);
        }
        catch (InvalidDataException e)
        {
            return Problem.Invalid("body", e.Message);
        }

        if (await PartAsync(form, "manifest", MaxManifestBytes, cancellation) is not { Length: > 0 } manifestJson)
        {
            return Problem.Invalid("manifest", $"the part is missing, empty or above {MaxManifestBytes} bytes");
        }

        if (await PartAsync(form, "onnx", int.MaxValue, cancellation) is not { Length: > 0 } onnx)
            return Problem.Invalid("onnx", "the part is missing or empty");
        ModelManifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize(manifestJson, ContractsJson.Default.ModelManifest);
        }
        catch (JsonException e)
        {
            return Problem.Invalid("manifest", e.Message);
        }

        if (manifest is null) return Problem.Invalid("manifest", "is null");
        try
        {
            var entry = await registry.AddAsync(manifest, onnx, context.User.Identity?.Name ?? "operator", cancellation);
            return TypedResults.Created($"/api/v1/models/{entry.Digest}", entry);
        }
        catch (PackageException e)
        {
            return Problem.Invalid(e.Reason, e.Message);
        }
        catch (InferenceException e)
        {
            return Problem.Invalid("onnx", e.Message);
        }
        catch (ArgumentException e)
        {
            return Problem.Invalid(e, "manifest");
        }
    }

    /// <summary>The bytes of a part, sent as a file or as a field; null when missing or above the limit.</summary>
    private static async Task<byte[]?> PartAsync(IFormCollection form, string name, int most, CancellationToken cancellation)
    {
        if (form.Files.GetFile(name) is not { } file)
        {
            return form.TryGetValue(name, out var text) && text.ToString() is { } field && field.Length <= most
                ? System.Text.Encoding.UTF8.GetBytes(field) : null;
        }

        if (file.Length > most) return null;
        var bytes = new byte[file.Length];
        await using var stream = file.OpenReadStream();
        await stream.ReadExactlyAsync(bytes, cancellation);
        return bytes;
    }
}
