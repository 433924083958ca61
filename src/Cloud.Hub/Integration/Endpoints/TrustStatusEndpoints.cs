using Cloud.Hub.Redistribution.Contract;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

internal static class TrustStatusEndpoints
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/trust", RolesAsync).WithTags("trust")
            .WithSummary("Until when each role's signed metadata holds, and what to do before it does not");

    private static async Task<Ok<IReadOnlyList<TrustRole>>> RolesAsync([FromServices] ITrustStatus trust, CancellationToken cancellation) =>
        TypedResults.Ok(await trust.RolesAsync(cancellation));
}
