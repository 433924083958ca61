using Cloud.Hub.Learning.Contract;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

internal static class TrainingEndpoints
{
    private const int MaxName = 63;
    private const int MaxHeldOut = 1_000;

    public static void Map(RouteGroupBuilder api)
    {
        var training = api.MapGroup("/training").WithTags("training");
        training.MapGet("", ListAsync).WithSummary("Training runs, newest first");
        training.MapGet("/{id}", FindAsync).WithSummary("A training run with loss curve and metrics").ProducesProblem(StatusCodes.Status404NotFound);
        training.MapPost("", StartAsync).WithSummary("Queues a training run").ProducesProblem(StatusCodes.Status400BadRequest);
        training.MapDelete("/{id}", CancelAsync).WithSummary("Cancels a run that has not ended")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<IReadOnlyList<TrainingRunView>>> ListAsync([FromServices] ITrainingRuns training, CancellationToken cancellation) =>
        TypedResults.Ok(await training.RunsAsync(cancellation));

    private static async Task<Results<Ok<TrainingRunView>, ProblemHttpResult>> FindAsync(
        string id, [FromServices] ITrainingRuns training, CancellationToken cancellation) =>
        await training.RunAsync(id, cancellation) is { } run ? TypedResults.Ok(run) : Problem.Unknown("training run", id);

    private static async Task<Results<Accepted<StartedRun>, ProblemHttpResult>> StartAsync(
        TrainingRequest request, [FromServices] ITrainingRuns training, CancellationToken cancellation)
    {
        var problem = Problem.Id(request.ModelName, "modelName") ?? Problem.Text(request.Recipe, "recipe", MaxName)
            ?? Problem.Text(request.RequestedBy, "requestedBy", MaxName);
        if (problem is not null) return problem;
        if (request.HeldOutRuns is null) return Problem.Invalid("heldOutRuns", "is null; leave it out or give a list");
        if (request.HeldOutRuns.Count > MaxHeldOut)
            return Problem.Invalid("heldOutRuns", $"has {request.HeldOutRuns.Count} entries, {MaxHeldOut} are allowed");
        string runId;
        try
        {
            runId = await training.StartAsync(request, cancellation);
        }
        catch (ArgumentException e)
        {
            return Problem.Invalid(e, "body");
        }

        return TypedResults.Accepted($"/api/v1/training/{runId}", new StartedRun(runId));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> CancelAsync(
        string id, [FromServices] ITrainingRuns training, CancellationToken cancellation)
    {
        if (await training.RunAsync(id, cancellation) is not { } run) return Problem.Unknown("training run", id);
        return await training.CancelAsync(id, cancellation)
            ? TypedResults.NoContent() : Problem.Conflict($"training run {id} has ended: {run.State}");
    }
}
