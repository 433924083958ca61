using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Integration.Workers;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Reasoning.Contract;
using Cloud.Hub.Redistribution.Contract;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Integration.Endpoints;

internal static class OverviewEndpoints
{
    /// <summary>Open alarms beyond this are counted as this many: a person with more has another problem than their number.</summary>
    private const int CountedAlarms = 1_000;

    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/overview", Overview).WithSummary("Sites, models in use, open alarms, archive totals and where the loop stands");

    private static async Task<Ok<Overview>> Overview(
        [FromServices] IFleet fleet, [FromServices] IAgents agents, [FromServices] IModelRegistry registry, [FromServices] IFeedback feedback,
        [FromServices] IExperienceArchive archive, [FromServices] BusFollower follower, [FromServices] IOptions<IntegrationOptions> options,
        [FromServices] TimeProvider time, CancellationToken cancellation)
    {
        var devices = await fleet.DevicesAsync(cancellation);
        var situations = (await agents.SitesAsync(cancellation)).ToDictionary(static site => site.SiteId, StringComparer.Ordinal);
        var models = (await registry.ListAsync(cancellation)).ToDictionary(static entry => entry.Digest, StringComparer.Ordinal);
        var alarms = await feedback.AlarmsAsync(openOnly: true, CountedAlarms, cancellation);
        var totals = await archive.StatisticsAsync(cancellation);

        var sites = devices.GroupBy(static device => device.SiteId, StringComparer.Ordinal)
            .Select(site => Site(site.Key, [.. site], situations.GetValueOrDefault(site.Key)))
            .Concat(situations.Values.Where(site => devices.All(device => device.SiteId != site.SiteId))
                .Select(static site => Site(site.SiteId, [], site)))
            .OrderBy(static site => site.SiteId, StringComparer.Ordinal);
        var inUse = devices.Select(static device => device.Reported?.ActiveDigest).OfType<string>()
            .CountBy(static digest => digest, StringComparer.Ordinal)
            .OrderByDescending(static model => model.Value)
            .Select(model => models.TryGetValue(model.Key, out var entry)
                ? new ModelInUse(model.Key, entry.Manifest.Name, entry.Manifest.Release, model.Value)
                : new ModelInUse(model.Key, null, null, model.Value));
        return TypedResults.Ok(new Overview(
            [.. sites],
            [.. inUse],
            alarms.Count,
            new ArchiveTotals(totals.Facts, totals.Experiences, totals.Repeats, totals.Gaps, totals.Evicted, totals.QuarantinedRecords, totals.Bytes),
            follower.Stages.At(time.GetUtcNow(), options.Value.StageQuiet)));
    }

    private static SiteOverview Site(string siteId, IReadOnlyList<DeviceView> devices, SiteSituation? situation) => new(
        siteId, Math.Max(devices.Count, situation?.Devices ?? 0), devices.Count(static device => device.Online),
        situation?.Anomalous ?? 0, situation?.SamplingBoost ?? 1, situation?.Incident);
}
