using Cloud.Hub.Memory.Contract;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

internal static class MemoryEndpoints
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/experiences/statistics", StatisticsAsync).WithTags("experiences")
            .WithSummary("How much the archive holds, in all and per device");

    private static async Task<Ok<ArchiveStatistics>> StatisticsAsync([FromServices] IExperienceArchive archive, CancellationToken cancellation) =>
        TypedResults.Ok(await archive.StatisticsAsync(cancellation));
}
