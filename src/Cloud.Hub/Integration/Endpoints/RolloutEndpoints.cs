using Cloud.Hub.Redistribution.Contract;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

internal static class RolloutEndpoints
{
    private const int MaxListed = 1_000;

    public static void Map(RouteGroupBuilder api)
    {
        var rollouts = api.MapGroup("/rollouts").WithTags("rollouts");
        rollouts.MapGet("", ListAsync).WithSummary("Rollouts, newest first; before: the last id of the page before")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        rollouts.MapGet("/{id}", FindAsync).WithSummary("A rollout with groups, evidence and every transition")
            .ProducesProblem(StatusCodes.Status404NotFound);
        rollouts.MapPost("", StartAsync).WithSummary("Starts a rollout; a member that there is not is refused")
            .Accepts<RolloutRequest>("application/json")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        Command(rollouts, RolloutCommand.Approve, "Says yes to one that needs it; not by whoever requested it");
        Command(rollouts, RolloutCommand.Trigger, "Begins the next group that waits for a person");
        Command(rollouts, RolloutCommand.Pause, "Begins no further group until resumed");
        Command(rollouts, RolloutCommand.Resume, "Goes on after a pause");
        Command(rollouts, RolloutCommand.Retry, "Tells devices that could not get the package once more");
        Command(rollouts, RolloutCommand.Cancel, "Stops where it is; devices keep what they have");
        Command(rollouts, RolloutCommand.Restore, "Takes every changed device back");
        rollouts.MapPost(
            "/{id}/groups/{group}/restore",
            (string id, string group, [FromServices] IRollouts doors, HttpContext context, CancellationToken cancellation) =>
                AnswerAsync(id, doors.RestoreGroupAsync(id, group, context.User.Identity?.Name ?? "operator", cancellation)))
            .WithSummary("Takes the devices of one group back and ends the rollout; the others keep what they have")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        Command(rollouts, RolloutCommand.Force, "Ends a restore that waits for devices which are away");
    }

    private static void Command(RouteGroupBuilder rollouts, RolloutCommand command, string summary)
    {
#pragma warning disable CA1308 // The path is lower case by contract.
        var word = command.ToString().ToLowerInvariant();
#pragma warning restore CA1308
        rollouts.MapPost($"/{{id}}/{word}", (string id, [FromServices] IRollouts doors, HttpContext context, CancellationToken cancellation) =>
                AnswerAsync(id, doors.CommandAsync(id, command, context.User.Identity?.Name ?? "operator", cancellation)))
            .WithSummary(summary).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<IReadOnlyList<RolloutView>>, ProblemHttpResult>> ListAsync(
        [FromServices] IRollouts rollouts, CancellationToken cancellation, string? before = null, int limit = 100) =>
        (Problem.Id(before, "before", required: false) ?? Problem.Limit(limit, MaxListed)) is { } problem
            ? problem : TypedResults.Ok(await rollouts.PageAsync(before, limit, cancellation));

    private static async Task<Results<Ok<RolloutView>, ProblemHttpResult>> FindAsync(
        string id, [FromServices] IRollouts rollouts, CancellationToken cancellation) =>
        await rollouts.FindAsync(id, cancellation) is { } rollout ? TypedResults.Ok(rollout) : Problem.Unknown("rollout", id);

    private static async Task<Results<Created<RolloutView>, ProblemHttpResult>> StartAsync(
        HttpRequest body, [FromServices] IRollouts rollouts, CancellationToken cancellation)
    {
        RolloutRequest? request;
        try
        {
            request = await body.ReadFromJsonAsync<RolloutRequest>(RedistributionJson.Requests, cancellation);
        }
        catch (InvalidOperationException)
        {
            return Problem.Invalid("Content-Type", "must be application/json");
        }

        if (request is null) return Problem.Invalid("body", "is null");
        request = request with { RequestedBy = body.HttpContext.User.Identity?.Name ?? "operator" };
        if (RolloutRules.Fault(request) is { } fault) return Problem.Invalid(fault);
        try
        {
            var rollout = await rollouts.StartAsync(request, cancellation);
            return TypedResults.Created($"/api/v1/rollouts/{rollout.RolloutId}", rollout);
        }
        catch (RolloutRefusedException e)
        {
            return Problem.Conflict(e.Message);
        }
    }

    private static async Task<Results<Ok<RolloutView>, ProblemHttpResult>> AnswerAsync(string id, Task<RolloutView?> order)
    {
        try
        {
            return await order is { } rollout ? TypedResults.Ok(rollout) : Problem.Unknown("rollout", id);
        }
        catch (RolloutRefusedException e)
        {
            return Problem.Conflict(e.Message);
        }
    }
}
