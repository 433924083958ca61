using Cloud.Hub.Feedback.Contract;
using Hmas.Contracts.Facts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>Alarms, labels and quality.</summary>
internal static class FeedbackEndpoints
{
    private const int MaxAlarms = 10_000;
    private const int MaxLabels = 10_000;
    private const int MaxLabel = 64;
    private const int MaxRunId = 255;

    public static void Map(RouteGroupBuilder api)
    {
        var alarms = api.MapGroup("/alarms").WithTags("alarms");
        alarms.MapGet("", AlarmsAsync).WithSummary("Alarms, newest first; open=false also gives those that were answered")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        alarms.MapPost("/{id}/acknowledge", AcknowledgeAsync).WithSummary("Answers an alarm; the answer is a label that the fleet learns from")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        var labels = api.MapGroup("/labels").WithTags("labels");
        labels.MapPost("", AddLabelsAsync).WithSummary("Adds truth about stretches of devices' time; later labels win")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        labels.MapGet("", LabelsAsync).WithSummary("Labels in order of arrival").ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/quality", QualityAsync).WithTags("labels").WithSummary("Per model and device, over windows whose truth is known");
    }

    private static async Task<Results<Ok<IReadOnlyList<AlarmView>>, ProblemHttpResult>> AlarmsAsync(
        [FromServices] IFeedback feedback, CancellationToken cancellation, bool open = true, int limit = 100)
    {
        if (Problem.Limit(limit, MaxAlarms) is { } problem) return problem;
        return TypedResults.Ok(await feedback.AlarmsAsync(open, limit, cancellation));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> AcknowledgeAsync(
        string id, AcknowledgeRequest request, [FromServices] IFeedback feedback, HttpContext context, CancellationToken cancellation)
    {
        if (Problem.Text(request.Label, "label", MaxLabel) is { } problem) return problem;
        var who = context.User.Identity?.Name ?? "operator";
        return await feedback.AcknowledgeAsync(id, request.Label!, who, cancellation) ? TypedResults.NoContent() : Problem.Unknown("alarm", id);
    }

    private static async Task<Results<Accepted<AcceptedLabels>, ProblemHttpResult>> AddLabelsAsync(
        LabelRequest[] labels, [FromServices] IFeedback feedback, CancellationToken cancellation)
    {
        if (labels.Length > MaxLabels) return Problem.Invalid("body", $"has {labels.Length} labels, {MaxLabels} are allowed at once");
        for (var i = 0; i < labels.Length; i++)
        {
            if (Check(labels[i], i) is { } problem) return problem;
        }

        if (labels.Length > 0) await feedback.AddLabelsAsync([.. labels.Select(label => label.ToLabel())], cancellation);
        return TypedResults.Accepted((string?)null, new AcceptedLabels(labels.Length));
    }

    private static async Task<Results<Ok<IReadOnlyList<OutcomeLabel>>, ProblemHttpResult>> LabelsAsync(
        [FromServices] IFeedback feedback, CancellationToken cancellation, string? deviceId = null, string? runId = null)
    {
        if (Problem.Id(deviceId, "deviceId", required: false) is { } problem) return problem;
        return TypedResults.Ok(await feedback.LabelsAsync(deviceId, runId, cancellation));
    }

    private static async Task<Ok<IReadOnlyList<ModelQuality>>> QualityAsync([FromServices] IFeedback feedback, CancellationToken cancellation) =>
        TypedResults.Ok(await feedback.QualityAsync(cancellation));

    private static ProblemHttpResult? Check(LabelRequest? label, int index)
    {
        if (label is null) return Problem.Invalid($"[{index}]", "is null");
        if (label.ToUs < label.FromUs) return Problem.Invalid($"[{index}].toUs", $"{label.ToUs} is before fromUs {label.FromUs}");
        if (label.Kind == LabelKind.Failure && label.ToUs != label.FromUs)
            return Problem.Invalid($"[{index}].toUs", $"{label.ToUs} is not fromUs {label.FromUs}: a failure is a moment");
        if (label.RunId is not null && Problem.Text(label.RunId, $"[{index}].runId", MaxRunId) is { } problem) return problem;
        if (Problem.Id(label.DeviceId, $"[{index}].deviceId") is { } noDevice) return noDevice;
        if (Problem.Text(label.Label, $"[{index}].label", MaxLabel) is { } noLabel) return noLabel;
        if (!label.IsPlain)
        {
            return Problem.Invalid(
                $"[{index}].kind", $"is missing: '{label.Label}' may name a fault (outcome), what the machine was doing (state) or why it failed (failure)");
        }

        return Problem.Text(label.Source, $"[{index}].source", MaxLabel);
    }
}
