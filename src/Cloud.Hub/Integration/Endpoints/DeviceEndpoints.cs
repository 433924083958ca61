using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Host.Security;
using Cloud.Hub.Integration.Domain;
using Cloud.Hub.Perception.Contract;
using Cloud.Hub.Specialized.Contract;
using Hmas.Contracts.Commands;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Integration.Endpoints;

internal static class DeviceEndpoints
{
    private const int Opinions = 20;
    private const int DefaultExpirySeconds = 30;
    private const int MaxExpirySeconds = 300;
    private const int MaxArguments = 16;
    private const int MaxArgument = 256;
    private const int MaxKind = 32;

    public static void Map(RouteGroupBuilder api)
    {
        var devices = api.MapGroup("/devices").WithTags("devices");
        devices.MapGet("", ListAsync).WithSummary("All enrolled devices");
        devices.MapGet("/{id}", FindAsync).WithSummary("A device with advice, second opinions and data quality")
            .ProducesProblem(StatusCodes.Status404NotFound);
        devices.MapPost("", EnrolAsync).WithSummary("Enrols a device; the password is shown once, a repeat gives a new one")
            .RequireAuthorization(HubPolicies.Enrolment)
            .ProducesProblem(StatusCodes.Status400BadRequest);
        devices.MapPost("/{id}/commands", SendAsync).WithSummary("Sends a command and waits for the device's reply or the expiry")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        devices.MapGet("/{id}/telemetry", TelemetryAsync).WithSummary("The last points of the device's current run")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Ok<IReadOnlyList<DeviceView>>> ListAsync([FromServices] IFleet fleet, CancellationToken cancellation) =>
        TypedResults.Ok(await fleet.DevicesAsync(cancellation));

    private static async Task<Results<Ok<DeviceDetail>, ProblemHttpResult>> FindAsync(
        string id, [FromServices] IFleet fleet, [FromServices] ISecondOpinions opinions, [FromServices] IPumpDomain pump,
        [FromServices] LatestAlarmWindows alarmed, CancellationToken cancellation)
    {
        if (await fleet.DeviceAsync(id, cancellation) is not { } device) return Problem.Unknown("device", id);
        var channels = device.Reported?.Channels ?? [];
        var advice = alarmed.Of(id) is { } window && window.Channels == channels.Count
            ? await pump.AdviseAsync(id, [.. channels.Select(static channel => channel.Name)], window, cancellation)
            : null;
        var quality = (await opinions.QualityAsync(cancellation)).FirstOrDefault(quality => quality.DeviceId == id);
        var recent = await opinions.RecentAsync(id, Opinions, cancellation);
        return TypedResults.Ok(
            new DeviceDetail(
                device.SiteId, device.DeviceId, device.Online, device.LastSeen, device.Desired, device.Reported, advice, recent, quality));
    }

    private static async Task<Results<Created<Enrolment>, ProblemHttpResult>> EnrolAsync(
        EnrolRequest request, [FromServices] IFleet fleet, CancellationToken cancellation)
    {
        if ((Problem.Id(request.SiteId, "siteId") ?? Problem.Id(request.DeviceId, "deviceId")) is { } problem) return problem;
        var enrolment = await fleet.EnrolAsync(request.SiteId!, request.DeviceId!, cancellation);
        return TypedResults.Created($"/api/v1/devices/{enrolment.DeviceId}", enrolment);
    }

    private static async Task<Results<Ok<CommandReply>, ProblemHttpResult>> SendAsync(
        string id, CommandRequest request, [FromServices] IFleet fleet, CancellationToken cancellation)
    {
        if (Problem.Text(request.Kind, "kind", MaxKind) is { } problem) return problem;
        if (request.ExpiresInSeconds is { } seconds and (< 1 or > MaxExpirySeconds))
            return Problem.Invalid("expiresInSeconds", $"{seconds} is outside 1 to {MaxExpirySeconds}");
        if (request.Arguments is { Count: > MaxArguments })
            return Problem.Invalid("arguments", $"has {request.Arguments.Count} entries, {MaxArguments} are allowed");
        if (request.Arguments?.Any(static pair => pair.Key.Length > MaxArgument || pair.Value is null or { Length: > MaxArgument }) == true)
        {
            return Problem.Invalid("arguments", $"names and values are texts of at most {MaxArgument} characters");
        }

        if (await fleet.DeviceAsync(id, cancellation) is null) return Problem.Unknown("device", id);
        return TypedResults.Ok(
            await fleet.SendAsync(
                id, request.Kind!, TimeSpan.FromSeconds(request.ExpiresInSeconds ?? DefaultExpirySeconds), request.Arguments, cancellation));
    }

    private static async Task<Results<Ok<DeviceTelemetry>, ProblemHttpResult>> TelemetryAsync(
        string id, [FromServices] IFleet fleet, [FromServices] TelemetryCache cache, [FromServices] IOptions<IntegrationOptions> options,
        CancellationToken cancellation, int limit = 600)
    {
        if (limit < 1) return Problem.Invalid("limit", $"{limit} is below 1");
        if (await fleet.DeviceAsync(id, cancellation) is not { } device) return Problem.Unknown("device", id);
        var (runId, points) = cache.Newest(id, Math.Min(limit, options.Value.TelemetryPoints));
        return TypedResults.Ok(new DeviceTelemetry(id, runId, device.Reported?.Channels ?? [], points));
    }
}
