using Cloud.Hub.Integration.Audit;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

internal static class AuditEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        var audit = api.MapGroup("/audit").WithTags("audit");
        audit.MapGet("/models/{digest}", ModelAsync)
            .WithSummary("The chain of a model or another artefact both ways: samples, data, training run, signature; rollouts, devices")
            .ProducesProblem(StatusCodes.Status404NotFound);
        audit.MapGet("/devices/{id}", DeviceAsync).WithSummary("From what a device answers with back to the samples")
            .ProducesProblem(StatusCodes.Status404NotFound);
        audit.MapGet("/samples/{id:long}", SampleAsync).WithSummary("From a sample forward to the devices that answer with what was learnt from it")
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<Ok<AuditChain>, ProblemHttpResult>> ModelAsync(
        string digest, [FromServices] AuditTrail audit, CancellationToken cancellation) =>
        await audit.ModelAsync(digest, cancellation) is { } chain ? TypedResults.Ok(chain) : Problem.Unknown("artefact", digest);

    private static async Task<Results<Ok<AuditChain>, ProblemHttpResult>> DeviceAsync(
        string id, [FromServices] AuditTrail audit, CancellationToken cancellation) =>
        await audit.DeviceAsync(id, cancellation) is { } chain ? TypedResults.Ok(chain) : Problem.Unknown("device", id);

    private static async Task<Results<Ok<AuditChain>, ProblemHttpResult>> SampleAsync(
        long id, [FromServices] AuditTrail audit, CancellationToken cancellation) =>
        await audit.SampleAsync(id, cancellation) is { } chain ? TypedResults.Ok(chain) : Problem.Unknown("sample", $"{id}");
}
