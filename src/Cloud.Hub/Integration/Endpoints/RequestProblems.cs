using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>Turns what the framework and remote services throw into problem details that name field and
/// reason; anything unexpected stays a 500 without inner words.</summary>
internal sealed class RequestProblems(IProblemDetailsService problems, ILogger<RequestProblems> logger) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (Describe(exception) is not { } problem) return false;
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            logger.DoorSilent(httpContext.Request.Method, httpContext.Request.Path, exception.Message);
        }

        httpContext.Response.StatusCode = problem.Status!.Value;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem, Exception = exception });
    }

    private static ProblemDetails? Describe(Exception exception) => exception switch
    {
        BadHttpRequestException { InnerException: JsonException json } => Details(Problem.NotValid, Json(json), StatusCodes.Status400BadRequest),
        BadHttpRequestException bad =>
            Details(bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The request is too large" : Problem.NotValid, bad.Message,
                bad.StatusCode),
        JsonException json => Details(Problem.NotValid, Json(json), StatusCodes.Status400BadRequest),
        RpcException { StatusCode: StatusCode.Unavailable or StatusCode.DeadlineExceeded } rpc =>
            Details("A service behind this does not answer", rpc.Status.Detail, StatusCodes.Status503ServiceUnavailable),
        RpcException { StatusCode: StatusCode.InvalidArgument } rpc => Details(Problem.NotValid, rpc.Status.Detail, StatusCodes.Status400BadRequest),
        _ => null,
    };

    private static ProblemDetails Details(string title, string detail, int status) => new() { Title = title, Detail = detail, Status = status };

    /// <summary>The parser's own text names types of ours and repeats the place; the first sentence says the reason.</summary>
    private static string Json(JsonException json)
    {
        var place = json.Path is { Length: > 1 } path ? path[1..].TrimStart('.') : "body";
        var end = json.Message.IndexOf(" Path:", StringComparison.Ordinal);
        var reason = end > 0 ? json.Message[..end] : json.Message;
        if (!reason.StartsWith("JSON deserialization for type", StringComparison.Ordinal)) return $"{place}: {Typeless(reason)}";
        var names = reason.LastIndexOf(": ", StringComparison.Ordinal);
        return names > 0 ? $"{place}: missing {reason[(names + 2)..].TrimEnd('.')}" : $"{place}: a required member is missing";
    }

    private static string Typeless(string reason)
    {
        const string Conversion = "The JSON value could not be converted to ";
        const string Unmapped = "The JSON property '";
        if (reason.StartsWith(Unmapped, StringComparison.Ordinal))
            return $"there is no member '{reason[Unmapped.Length..reason.IndexOf('\'', Unmapped.Length)]}'";
        return reason.StartsWith(Conversion, StringComparison.Ordinal) ? "the value is not of the kind that belongs here" : reason;
    }
}
