using System.Globalization;
using Hmas.Contracts.Models;
using Operator.Cli.Demo.Scoring;

namespace Operator.Cli.Demo.Report;

/// <summary>A device whose own recording the new model judges worse than the old one, in words: which rows it is about, and what could have
/// told the hub.</summary>
internal static class WorseDevice
{
    /// <param name="truth">One per row of the recording.</param>
    /// <param name="answers">Of the new model, one per row; null: no answer.</param>
    /// <param name="asked">Windows of it that the hub asks people about.</param>
    /// <returns>Null when it is no worse.</returns>
    public static string? Describe(string device, string recording, Confusion before, Confusion after, IReadOnlyList<bool> truth,
        IReadOnlyList<bool?> answers, int asked)
    {
        // As the table beside it has them, rounded alike.
        var (old, now) = (ScoreResult.From(before), ScoreResult.From(after));
        if (!(now.F1 < old.F1)) return null;
        var silent = Enumerable.Range(0, truth.Count).Skip(OutlierScore.TrainingRows).Count(row => truth[row] && answers[row] is null);
        var gaps = silent == 0 ? ""
            : $" No model answers {silent} of the anomalous rows: the recording has gaps, and a window that spans one is no window.";
        var asks = asked == 0 ? "" : $"; it asks people about {asked} of its windows (hmas label list)";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{device} is worse on {recording}, F1 {old.F1:0.000} to {now.F1:0.000}: of {after.AnomalousRows} anomalous rows {after.TruePositives} alarm, {before.TruePositives} did before; of {after.Rows - after.AnomalousRows} normal ones {after.FalsePositives}, {before.FalsePositives} before.{gaps} The hub is never told the truth of these recordings, so no gate could know{asks}.");
    }
}
