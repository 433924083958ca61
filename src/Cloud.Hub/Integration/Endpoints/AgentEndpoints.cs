using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Specialized.Contract;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>What the upper agents, the teacher and the domain pack say.</summary>
internal static class AgentEndpoints
{
    private const int MaxDecisions = 1_000;
    private const int MaxOpinions = 10_000;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/sites", SitesAsync).WithTags("agents").WithSummary("Situation of each site as its agent holds it");
        api.MapGet("/decisions", DecisionsAsync).WithTags("agents").WithSummary("Decisions of the site and fleet agents, newest first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/opinions", OpinionsAsync).WithTags("perception").WithSummary("The teacher's view of uploaded windows, newest first")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/data-quality", DataQualityAsync).WithTags("perception").WithSummary("How good each device's data are");
        api.MapGet("/pump/faults", FaultsAsync).WithTags("pump").WithSummary("Faults of pumps, with advice");
    }

    private static async Task<Ok<IReadOnlyList<SiteSituation>>> SitesAsync([FromServices] IAgents agents, CancellationToken cancellation) =>
        TypedResults.Ok(await agents.SitesAsync(cancellation));

    private static async Task<Results<Ok<IReadOnlyList<AgentDecision>>, ProblemHttpResult>> DecisionsAsync(
        [FromServices] IAgents agents, CancellationToken cancellation, int limit = 50) =>
        Problem.Limit(limit, MaxDecisions) is { } problem ? problem : TypedResults.Ok(await agents.DecisionsAsync(limit, cancellation));

    private static async Task<Results<Ok<IReadOnlyList<WindowOpinion>>, ProblemHttpResult>> OpinionsAsync(
        [FromServices] ISecondOpinions opinions, CancellationToken cancellation, string? deviceId = null, int limit = 100) =>
        (Problem.Id(deviceId, "deviceId", required: false) ?? Problem.Limit(limit, MaxOpinions)) is { } problem
            ? problem
            : TypedResults.Ok(await opinions.RecentAsync(deviceId, limit, cancellation));

    private static async Task<Ok<IReadOnlyList<DataQuality>>> DataQualityAsync(
        [FromServices] ISecondOpinions opinions, CancellationToken cancellation) =>
        TypedResults.Ok(await opinions.QualityAsync(cancellation));

    private static async Task<Ok<IReadOnlyList<PumpFault>>> FaultsAsync([FromServices] IPumpDomain pump, CancellationToken cancellation) =>
        TypedResults.Ok(await pump.FaultsAsync(cancellation));
}
