using System.Globalization;
using Cloud.Hub.Redistribution.Contract;

namespace Cloud.Hub.Redistribution.Rollouts.Gates;

/// <summary>Figures of a gate as people read them.</summary>
internal static class GateWords
{
    public static string Describe(MetricEvidence metric)
    {
        var where = metric.Slice is { } slice ? $" of {slice}" : "";
        var against = metric.Reference is { } reference
            ? $"against {Percent(reference)}, allowed are {Percent(metric.Limit)} more" : $"allowed are {Percent(metric.Limit)}";
        var odds = metric.Odds >= 2 ? $"; odds of {Number(metric.Odds)} to 1 that it is more than allowed" : "";
        return $"{metric.Name}{where} {Percent(metric.Value)}, {against}; {Number(metric.Trials)} trials{odds}";
    }

    /// <summary>The first few of some slices, each once.</summary>
    public static string Named(IEnumerable<string> slices) =>
        FirstFew.Of(slices.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    public static string Number(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    public static string Percent(double? share) => share is { } value ? value.ToString("0.0 %", CultureInfo.InvariantCulture) : "unknown";
}
