using System.Globalization;
using System.Text.Json;
using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Host.Security;
using Hmas.Contracts;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Cloud.Hub.Redistribution.DirectDevices;

/// <summary>hawkBit's Direct Device Integration API for devices that exist already, such as those with
/// swupdate: parse, call, translate. The tenant is the site.</summary>
internal static class DirectDeviceEndpoints
{
    private const long MaxRequestBytes = 64 << 10;
    private const int MaxDetail = 512;

    public static void MapDirectDevices(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/{siteId}/controller/v1/{deviceId}").RequireAuthorization(HubPolicies.Artefacts)
            .AddEndpointFilter(IsTheDeviceAsync)
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxRequestBytes));
        group.MapGet("", PollAsync);
        group.MapPut("/configData", ShowAsync);
        group.MapGet("/deploymentBase/{actionId:long}", DeploymentAsync);
        group.MapPost("/deploymentBase/{actionId:long}/feedback", FeedbackAsync);
        group.MapGet("/cancelAction/{actionId:long}", CancelAsync);
        group.MapPost("/cancelAction/{actionId:long}/feedback", CancelFeedbackAsync);
        group.MapGet("/softwaremodules/{digest}/artifacts/{fileName}", FetchAsync);
    }

    /// <summary>A device acts for itself only, at the site where it is enrolled. One that a gateway's
    /// token vouches for is enrolled when it first comes.</summary>
    private static async ValueTask<object?> IsTheDeviceAsync(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        var http = call.HttpContext;
        var (siteId, deviceId) = ((string)http.GetRouteValue("siteId")!, (string)http.GetRouteValue("deviceId")!);
        if (!http.User.IsInRole(HubRoles.Device) || http.User.Identity?.Name != deviceId) return Results.Forbid();
        if (!Ids.IsValid(siteId) || !Ids.IsValid(deviceId))
            return Results.Problem($"'{siteId}' and '{deviceId}' must be ids", statusCode: StatusCodes.Status400BadRequest);
        var fleet = http.RequestServices.GetRequiredService<IFleet>();
        if (await fleet.DeviceAsync(deviceId, http.RequestAborted) is not { } known) await fleet.EnrolAsync(siteId, deviceId, http.RequestAborted);
        else if (known.SiteId != siteId)
            return Results.Problem($"device '{deviceId}' is not at site '{siteId}'", statusCode: StatusCodes.Status404NotFound);
        return await next(call);
    }

    private static async Task<IResult> PollAsync(
        string siteId, string deviceId, HttpContext http, IFleet fleet, IGrainFactory grains, DirectPresence presence,
        IOptions<RedistributionOptions> options, CancellationToken cancellation)
    {
        await presence.SeenAsync(deviceId, cancellation);
        var twin = await fleet.DeviceAsync(deviceId, cancellation);
        var device = await grains.GetGrain<IDirectDeviceGrain>(deviceId).PolledAsync(siteId, twin?.Desired);
        var here = Here(http, siteId, deviceId);
        var links = new Dictionary<string, DdiLink>();
        if (device.Action is { State: DirectActionState.Cancelling } stopped)
            links["cancelAction"] = new DdiLink($"{here}/cancelAction/{stopped.Id}");
        else if (device.Action is { } action) links["deploymentBase"] = new DdiLink($"{here}/deploymentBase/{action.Id}");
        if (device.WantsAttributes) links["configData"] = new DdiLink($"{here}/configData");
        var sleep = options.Value.DirectPolling.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
        return Results.Json(new DdiBase(new DdiConfig(new DdiPolling(sleep)), links), DdiJson.Default.DdiBase);
    }

    private static async Task<IResult> DeploymentAsync(
        string siteId, string deviceId, long actionId, HttpContext http, IGrainFactory grains, FirmwareFiles files, CancellationToken cancellation)
    {
        if (await Current(grains, deviceId) is not { } action || action.Id != actionId
            || await files.FindAsync(action.Wanted.Digest, cancellation) is not { } file)
            return Results.NotFound();
        var link = new DdiLink($"{Here(http, siteId, deviceId)}/softwaremodules/{file.Digest}/artifacts/{file.FileName}");
        var artifact = new DdiArtifact(
            file.FileName, new DdiHashes(file.Sha1, file.Sha256), file.Bytes,
            new Dictionary<string, DdiLink> { [http.Request.IsHttps ? "download" : "download-http"] = link });
        var chunk = new DdiChunk("os", file.Release.ToString(CultureInfo.InvariantCulture), file.Name, [artifact]);
        return Results.Json(new DdiDeploymentBase(Text(actionId), new DdiDeployment("forced", "forced", [chunk])), DdiJson.Default.DdiDeploymentBase);
    }

    private static async Task<IResult> FetchAsync(
        string deviceId, string digest, IGrainFactory grains, FirmwareFiles files, RedistributionMetrics metrics, CancellationToken cancellation)
    {
        // What it was not told to install is none of its business.
        if (await Current(grains, deviceId) is not { } action || action.Wanted.Digest != digest
            || await files.FindAsync(digest, cancellation) is not { } file)
            return Results.NotFound();
        metrics.Fetched();
        return Results.File(
            file.Path, "application/octet-stream", file.FileName, enableRangeProcessing: true, entityTag: new EntityTagHeaderValue($"\"{digest}\""));
    }

    private static Task<IResult> FeedbackAsync(
        string siteId, string deviceId, long actionId, HttpContext http, IGrainFactory grains, CancellationToken cancellation) =>
        TakeAsync(
            http, (feedback, detail) => grains.GetGrain<IDirectDeviceGrain>(deviceId).HeardAsync(siteId, actionId, feedback, detail), cancellation);

    private static Task<IResult> CancelFeedbackAsync(
        string siteId, string deviceId, long actionId, HttpContext http, IGrainFactory grains, CancellationToken cancellation) =>
        TakeAsync(
            http, (feedback, detail) => grains.GetGrain<IDirectDeviceGrain>(deviceId).HeardOfCancelAsync(siteId, actionId, feedback, detail),
            cancellation);

    private static async Task<IResult> CancelAsync(string deviceId, long actionId, IGrainFactory grains) =>
        await Current(grains, deviceId) is { State: DirectActionState.Cancelling } action && action.Id == actionId
            ? Results.Json(new DdiCancel(Text(actionId), new DdiStop(Text(actionId))), DdiJson.Default.DdiCancel)
            : Results.NotFound();

    private static async Task<IResult> ShowAsync(
        string siteId, string deviceId, HttpContext http, IGrainFactory grains, CancellationToken cancellation)
    {
        try
        {
            var sent = await http.Request.ReadFromJsonAsync(DdiJson.Default.DdiConfigData, cancellation);
            if (sent?.Data is not { } data) return Bad("data: missing");
            var grain = grains.GetGrain<IDirectDeviceGrain>(deviceId);
            await grain.ShowedAsync(siteId, DirectAttributes.Apply((await grain.ViewAsync()).Attributes, sent.Mode, data));
            return Results.Ok();
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return Bad(e.Message);
        }
    }

    private static async Task<IResult> TakeAsync(HttpContext http, Func<DirectFeedback, string?, Task> hear, CancellationToken cancellation)
    {
        try
        {
            if ((await http.Request.ReadFromJsonAsync(DdiJson.Default.DdiFeedback, cancellation))?.Status is not { } status)
                return Bad("status: missing");
            if (Read(status) is not { } feedback)
                return Bad($"status.execution '{status.Execution}' with result '{status.Result?.Finished}' says nothing");
            var detail = status.Details is { Count: > 0 } lines ? string.Join("; ", lines) : null;
            await hear(feedback, detail?[..Math.Min(detail.Length, MaxDetail)]);
            return Results.Ok();
        }
        catch (JsonException e)
        {
            return Bad(e.Message);
        }
    }

    private static DirectFeedback? Read(DdiStatus status) => (status.Execution, status.Result?.Finished) switch
    {
        ("closed", "success") or ("canceled", _) => DirectFeedback.Succeeded,
        ("closed", "failure") => DirectFeedback.Failed,
        ("rejected", _) => DirectFeedback.Rejected,
        ("proceeding" or "scheduled" or "resumed" or "download" or "downloaded", _) => DirectFeedback.Proceeding,
        _ => null,
    };

    private static async Task<DirectAction?> Current(IGrainFactory grains, string deviceId) =>
        (await grains.GetGrain<IDirectDeviceGrain>(deviceId).ViewAsync()).Action;

    private static string Here(HttpContext http, string siteId, string deviceId) =>
        $"{http.Request.Scheme}://{http.Request.Host}/{siteId}/controller/v1/{deviceId}";

    private static string Text(long id) => id.ToString(CultureInfo.InvariantCulture);

    private static IResult Bad(string why) => Results.Problem(why, statusCode: StatusCodes.Status400BadRequest);
}
