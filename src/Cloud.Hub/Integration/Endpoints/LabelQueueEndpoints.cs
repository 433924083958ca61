using Cloud.Hub.Learning.Contract;
using Hmas.Contracts.Facts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>Windows that wait for a name.</summary>
internal static class LabelQueueEndpoints
{
    private const int MaxQuestions = 1_000;
    private const int MaxLabel = 64;

    public static void Map(RouteGroupBuilder api)
    {
        var queue = api.MapGroup("/label-queue").WithTags("labels");
        queue.MapGet("", ListAsync)
            .WithSummary(
                "Windows that a label would teach the models most, the most uncertain first; waiting=false also gives those that were answered")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        queue.MapGet("/{id:long}", FindAsync).WithSummary("A question with its window").ProducesProblem(StatusCodes.Status404NotFound);
        queue.MapPost("/{id:long}/label", LabelAsync).WithSummary("Names the window; the name is a label that the fleet learns from")
            .ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);
        queue.MapPost("/{id:long}/skip", SkipAsync).WithSummary("Takes the window out of the queue without a name")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<IReadOnlyList<LabelQuestion>>, ProblemHttpResult>> ListAsync(
        [FromServices] ILabelQuestions queue, CancellationToken cancellation, bool waiting = true, int limit = 100)
    {
        if (Problem.Limit(limit, MaxQuestions) is { } problem) return problem;
        return TypedResults.Ok(await queue.QuestionsAsync(waiting, limit, cancellation));
    }

    private static async Task<Results<Ok<LabelQuestion>, ProblemHttpResult>> FindAsync(
        long id, [FromServices] ILabelQuestions queue, CancellationToken cancellation) =>
        await queue.QuestionAsync(id, cancellation) is { } question ? TypedResults.Ok(question) : Unknown(id);

    private static async Task<Results<NoContent, ProblemHttpResult>> LabelAsync(
        long id, NameRequest request, [FromServices] ILabelQuestions queue, HttpContext context, CancellationToken cancellation)
    {
        if (Problem.Text(request.Label, "label", MaxLabel) is { } problem) return problem;
        return request.Kind == LabelKind.Failure
            ? Problem.Invalid("kind", "is failure: a window is no moment; tell failures as labels")
            : await AnswerAsync(id, request, queue, context, cancellation);
    }

    private static Task<Results<NoContent, ProblemHttpResult>> SkipAsync(
        long id, [FromServices] ILabelQuestions queue, HttpContext context, CancellationToken cancellation) =>
        AnswerAsync(id, new NameRequest(null, null), queue, context, cancellation);

    private static async Task<Results<NoContent, ProblemHttpResult>> AnswerAsync(
        long id, NameRequest name, ILabelQuestions queue, HttpContext context, CancellationToken cancellation) =>
        await queue.AnswerAsync(id, name.Label, name.Kind, context.User.Identity?.Name ?? "operator", cancellation) switch
        {
            LabelAnswer.Taken => TypedResults.NoContent(),
            LabelAnswer.AlreadyAnswered => Problem.Conflict($"question {id} does not wait any more"),
            _ => Unknown(id),
        };

    private static ProblemHttpResult Unknown(long id) => Problem.Unknown("question", id.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
