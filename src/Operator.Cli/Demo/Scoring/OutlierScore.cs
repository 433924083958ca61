using Hmas.Contracts.Models;

namespace Operator.Cli.Demo.Scoring;

/// <summary>Counts of a recording's rows as the SKAB benchmark scores it: rows 0 to 399 are the training part and do not count.</summary>
internal static class OutlierScore
{
    public const int TrainingRows = 400;

    /// <param name="truth">One per row of the recording.</param>
    /// <param name="alarms">Same length; a row without an answer counts as no alarm.</param>
    public static Confusion Of(ReadOnlySpan<bool> truth, ReadOnlySpan<bool> alarms)
    {
        if (truth.Length != alarms.Length) throw new ArgumentException($"{truth.Length} rows of truth but {alarms.Length} answers");
        var counts = default(Confusion);
        for (var row = TrainingRows; row < truth.Length; row++) counts = counts.Add(truth[row], alarms[row]);
        return counts;
    }
}
