using Cloud.Hub.Redistribution.Contract;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

internal static class RolloutEndpoints
{
    private const int MaxDevices = 200_000;
    private const int MaxReason = 500;
    private const int MaxWho = 63;

    public static void Map(RouteGroupBuilder api)
    {
        var rollouts = api.MapGroup("/rollouts").WithTags("rollouts");
        rollouts.MapGet("", ListAsync).WithSummary("Rollouts, newest first");
        rollouts.MapGet("/{id}", FindAsync).WithSummary("A rollout with groups, evidence and every transition").ProducesProblem(StatusCodes.Status404NotFound);
        rollouts.MapPost("", StartAsync).WithSummary("Starts a rollout")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status409Conflict);
        Command(rollouts, RolloutCommand.Pause, "Begins no further group until resumed");
        Command(rollouts, RolloutCommand.Resume, "Goes on after a pause");
        Command(rollouts, RolloutCommand.Cancel, "Stops where it is; devices keep what they have");
        Command(rollouts, RolloutCommand.Restore, "Takes every changed device back");
    }

    private static void Command(RouteGroupBuilder rollouts, RolloutCommand command, string summary)
    {
#pragma warning disable CA1308 // The path is lower case by contract.
        var word = command.ToString().ToLowerInvariant();
#pragma warning restore CA1308
        rollouts.MapPost($"/{{id}}/{word}", (string id, [FromServices] IRollouts doors, HttpContext context, CancellationToken cancellation) =>
                CommandAsync(id, command, doors, context.User.Identity?.Name ?? "operator", cancellation))
            .WithSummary(summary).ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Ok<IReadOnlyList<RolloutView>>> ListAsync([FromServices] IRollouts rollouts, CancellationToken cancellation) =>
        TypedResults.Ok(await rollouts.ListAsync(cancellation));

    private static async Task<Results<Ok<RolloutView>, ProblemHttpResult>> FindAsync(string id, [FromServices] IRollouts rollouts, CancellationToken cancellation) =>
        await rollouts.FindAsync(id, cancellation) is { } rollout ? TypedResults.Ok(rollout) : Problem.Unknown("rollout", id);

    private static async Task<Results<Created<RolloutView>, ProblemHttpResult>> StartAsync(
        RolloutRequest request, [FromServices] IRollouts rollouts, CancellationToken cancellation)
    {
        if (Check(request) is { } problem) return problem;
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

    private static async Task<Results<Ok<RolloutView>, ProblemHttpResult>> CommandAsync(
        string id, RolloutCommand command, IRollouts rollouts, string who, CancellationToken cancellation)
    {
        try
        {
            return await rollouts.CommandAsync(id, command, who, cancellation) is { } rollout ? TypedResults.Ok(rollout) : Problem.Unknown("rollout", id);
        }
        catch (RolloutRefusedException e)
        {
            return Problem.Conflict(e.Message);
        }
    }

    private static ProblemHttpResult? Check(RolloutRequest request)
    {
        var problem = Problem.Text(request.Digest, "digest", 80) ?? Problem.Id(request.SiteId, "siteId", required: false)
            ?? Problem.Text(request.RequestedBy, "requestedBy", MaxWho) ?? Problem.Text(request.Reason, "reason", MaxReason);
        if (problem is not null) return problem;
        if (request.DeviceIds is null || request.Groups is null || request.Gate is null) return Problem.Invalid("deviceIds, groups, gate", "are lists and an object; leave out what is not needed");
        if (request.DeviceIds.Count > MaxDevices) return Problem.Invalid("deviceIds", $"has {request.DeviceIds.Count} entries, {MaxDevices} are allowed");
        for (var i = 0; i < request.DeviceIds.Count; i++)
        {
            if (Problem.Id(request.DeviceIds[i], $"deviceIds[{i}]") is { } badId) return badId;
        }

        if (request.Groups.Any(static group => group is null)) return Problem.Invalid("groups", "holds null");
        if (request.ShadowWindows < 0) return Problem.Invalid("shadowWindows", "is negative");
        if (request.HealthWindows < 0) return Problem.Invalid("healthWindows", "is negative");
        return request.Gate.MinimumWindows < 1 ? Problem.Invalid("gate.minimumWindows", "is below 1: no data is never success")
            : request.Gate.MaximumWait <= TimeSpan.Zero ? Problem.Invalid("gate.maximumWait", "is not positive")
            : request.Gate.FalseStopRate is not (> 0 and <= 0.5) ? Problem.Invalid("gate.falseStopRate", $"{request.Gate.FalseStopRate} is outside 0 to 0.5")
            : !(request.Gate.WindowsPerEpisode >= 1) ? Problem.Invalid("gate.windowsPerEpisode", $"{request.Gate.WindowsPerEpisode} is below 1")
            : null;
    }
}
