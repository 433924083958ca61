using System.Globalization;
using Hmas.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Cloud.Hub.Integration.Endpoints;

/// <summary>Refusals as problem details (RFC 9457): the detail names field and reason.</summary>
internal static class Problem
{
    public const string NotValid = "The request is not valid";

    public static ProblemHttpResult Invalid(string field, string reason) => Invalid($"{field}: {reason}");

    /// <summary>What a service threw at a request; the runtime's note on the parameter says nothing to whom it is told.</summary>
    public static ProblemHttpResult Invalid(ArgumentException refused, string field)
    {
        var note = refused.Message.LastIndexOf(" (Parameter '", StringComparison.Ordinal);
        return Invalid(refused.ParamName is null or "request" ? field : refused.ParamName, note < 0 ? refused.Message : refused.Message[..note]);
    }

    /// <param name="fault">Field and reason.</param>
    public static ProblemHttpResult Invalid(string fault) =>
        TypedResults.Problem(title: NotValid, detail: fault, statusCode: StatusCodes.Status400BadRequest);

    public static ProblemHttpResult Unknown(string what, string id) =>
        TypedResults.Problem(
            title: "There is no such thing", detail: $"{what}: there is none called '{id}'", statusCode: StatusCodes.Status404NotFound);

    public static ProblemHttpResult Conflict(string detail) =>
        TypedResults.Problem(title: "It cannot be done now", detail: detail, statusCode: StatusCodes.Status409Conflict);

    /// <summary>Null when the number is within 1 to <paramref name="most"/>.</summary>
    public static ProblemHttpResult? Limit(int limit, int most) =>
        limit >= 1 && limit <= most ? null : Invalid("limit", string.Create(CultureInfo.InvariantCulture, $"{limit} is outside 1 to {most}"));

    /// <summary>Null when the text is an id or, where that is allowed, missing.</summary>
    public static ProblemHttpResult? Id(string? id, string field, bool required = true)
    {
        if (id is null && !required) return null;
        return Ids.IsValid(id) ? null : Invalid(field, $"'{Cut(id)}' must be 1 to {Ids.MaxLength} lower-case letters, digits or hyphens");
    }

    /// <summary>Null when the text has 1 to <paramref name="most"/> characters, none of them a control character.</summary>
    public static ProblemHttpResult? Text(string? text, string field, int most)
    {
        if (string.IsNullOrWhiteSpace(text)) return Invalid(field, "is missing");
        if (text.Length > most) return Invalid(field, $"has {text.Length} characters, {most} are allowed");
        return text.Any(char.IsControl) ? Invalid(field, "has a control character") : null;
    }

    private static string? Cut(string? text) => text is { Length: > 80 } ? text[..80] + "…" : text;
}
