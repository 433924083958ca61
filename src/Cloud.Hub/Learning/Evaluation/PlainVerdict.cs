using System.Globalization;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>What a released candidate is worth and what it costs, in the words of whoever runs the fleet.</summary>
internal static class PlainVerdict
{
    /// <param name="parent">Null: a first model.</param>
    /// <param name="bytes">Of what ships.</param>
    /// <param name="windowUs">Time that it takes for a window, on the hub.</param>
    public static string Of(EvaluationResult? parent, EvaluationResult candidate, string quieter, int bytes, double windowUs)
    {
        var cost = string.Create(CultureInfo.InvariantCulture, $"{bytes / 1000.0:0} kB; {windowUs:0.0} µs a window on the hub");
        return $"{Worth(parent, candidate)}{quieter}; {cost}";
    }

    private static string Worth(EvaluationResult? parent, EvaluationResult candidate)
    {
        var rows = string.Create(CultureInfo.InvariantCulture, $"{candidate.All.Rows:#,0} rows that no training saw");
        if (Figure(candidate) is not { } now)
            return "a first model; nobody has named a row yet that no training saw, so nothing is known of its quality";
        return Figure(parent) is { } before ? $"{now} on {rows}, the model before it {before}" : $"a first model: {now} on {rows}";
    }

    private static string? Figure(EvaluationResult? result) => result?.All switch
    {
        { LifeError: { } error } => string.Create(CultureInfo.InvariantCulture, $"remaining life told to within {error:0.0 %} of the longest life"),
        { F1: { } f1 } => string.Create(CultureInfo.InvariantCulture, $"F1 {f1:0.000} (1 is perfect)"),
        _ => null,
    };
}
