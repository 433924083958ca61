using System.Globalization;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary>A training run as a person reads it.</summary>
internal static class TrainingStory
{
    public static void Print(TrainingDetailAnswer run)
    {
        Tables.Say($"{run.RunId} is {run.State}: {run.Message}");
        Tables.Say(
            $"model {run.Request.ModelName}, recipe {run.Request.Recipe}, by {run.Request.RequestedBy}, started {Words.Time(run.StartedAt)}{(run.EndedAt is { } ended ? $", ended {Words.Time(ended)}" : "")}");
        if (run.Worker.Length > 0) Tables.Say($"fitted by worker {run.Worker}, code {run.CodeVersion}");
        if (run.CandidateDigest is { } digest) Tables.Say($"candidate {digest}");
        foreach (var (part, data) in run.DataDigests) Tables.Say($"{part} data {data}");
        foreach (var (name, value) in run.Hyperparameters.OrderBy(static pair => pair.Key, StringComparer.Ordinal)) Tables.Say($"  {name} = {value}");
        if (run.LossCurve.Count > 0)
        {
            var curves = (run.SliceCurves ?? new Dictionary<string, IReadOnlyList<double>>()).OrderBy(static pair => pair.Key, StringComparer.Ordinal)
                .ToLookup(static pair => pair.Key.StartsWith("run ", StringComparison.Ordinal));
            var slices = curves[false].ToList();
            Tables.Print(
                ["epoch", "loss", "validation", .. slices.Select(static slice => slice.Key), "worst run"],
                run.LossCurve.Select((
                    loss, i) => (string[])[
                        (i + 1).ToString(CultureInfo.InvariantCulture), Text(loss), At(run.ValidationCurve, i),
                        .. slices.Select(slice => At(slice.Value, i)), Worst(curves[true], i)]));
        }

        if (run.Rounds is { Count: > 0 } rounds) PrintRounds(rounds);
        if (run.CandidateMetrics.Count == 0) return;
        if (run.CandidateMetrics.Values.Any(static slice => slice.LifeError is not null)) PrintLife(run);
        else if (run.CandidateMetrics.Values.Any(static slice => slice.Accuracy is not null)) PrintClasses(run);
        else PrintAlarms(run);
    }

    private static void PrintRounds(IReadOnlyList<FederatedRoundAnswer> rounds)
    {
        Tables.Print(
            ["round", "asked", "accepted", "windows", "shortened", "changed the head"],
            rounds.Select(static round => (string[])
            [
                round.Round.ToString(CultureInfo.InvariantCulture), round.Asked.ToString(CultureInfo.InvariantCulture),
                round.Accepted.ToString(CultureInfo.InvariantCulture), round.Windows.ToString(CultureInfo.InvariantCulture),
                round.Clipped.ToString(CultureInfo.InvariantCulture), round.HasMoved ? "yes" : "no",
            ]));
        foreach (var (round, refused) in rounds.SelectMany(static round =>
            round.Refused.Select(refused => (round.Round, refused)))) Console.WriteLine(
                $"  round {round}: {refused.DeviceId} was refused: {refused.Reason}");
    }

    private static void PrintLife(TrainingDetailAnswer run) => Tables.Print(
        ["slice", "windows", "mean error", "parent's", "within a fifth", "parent's", "in the band"],
        run.CandidateMetrics.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(pair => (string[])
        [
            pair.Key, pair.Value.Rows.ToString(CultureInfo.InvariantCulture), Words.Share(pair.Value.LifeError),
            Words.Share(run.ParentMetrics.GetValueOrDefault(pair.Key)?.LifeError), Words.Share(pair.Value.Accuracy),
            Words.Share(run.ParentMetrics.GetValueOrDefault(pair.Key)?.Accuracy), Words.Share(pair.Value.Held),
        ]));

    private static void PrintClasses(TrainingDetailAnswer run) => Tables.Print(
        ["slice", "windows", "named right", "parent's", "F1", "parent's"],
        run.CandidateMetrics.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(pair => (string[])
        [
            pair.Key, pair.Value.Rows.ToString(CultureInfo.InvariantCulture), Words.Share(pair.Value.Accuracy),
            Words.Share(run.ParentMetrics.GetValueOrDefault(pair.Key)?.Accuracy),
            Words.Score(pair.Value.F1), Words.Score(run.ParentMetrics.GetValueOrDefault(pair.Key)?.F1),
        ]));

    private static void PrintAlarms(TrainingDetailAnswer run) =>
        Tables.Print(
            ["slice", "rows", "anomalous", "F1", "parent's", "false alarms", "missed"],
            run.CandidateMetrics.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(pair => (string[])
            [
                pair.Key, pair.Value.Rows.ToString(CultureInfo.InvariantCulture), pair.Value.AnomalousRows.ToString(CultureInfo.InvariantCulture),
                Words.Score(pair.Value.F1),
                Words.Score(run.ParentMetrics.GetValueOrDefault(pair.Key)?.F1), Words.Share(pair.Value.FalseAlarmRate),
                Words.Share(pair.Value.MissedAlarmRate),
            ]));

    private static string At(IReadOnlyList<double> curve, int epoch) => epoch < curve.Count ? Text(curve[epoch]) : "";

    /// <summary>The run of a machine with the largest loss in an epoch.</summary>
    private static string Worst(IEnumerable<KeyValuePair<string, IReadOnlyList<double>>> runs, int epoch)
    {
        var told = runs.Where(run => epoch < run.Value.Count).ToList();
        if (told.Count == 0) return "";
        var worst = told.MaxBy(run => run.Value[epoch]);
        return $"{worst.Key["run ".Length..]} {Text(worst.Value[epoch])}";
    }

    private static string Text(double loss) => loss.ToString("0.0000", CultureInfo.InvariantCulture);
}
