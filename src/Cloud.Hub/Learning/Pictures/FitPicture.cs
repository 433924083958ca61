using System.Globalization;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Fits;

namespace Cloud.Hub.Learning.Pictures;

/// <summary>How a fit went, epoch by epoch: the whole, each truth apart, and the runs of machines of which the worst are named.</summary>
internal static class FitPicture
{
    private const int Width = 780;
    private const int Height = 320;

    /// <summary>Runs that are drawn in colour: those with the largest loss in the best epoch.</summary>
    private const int Named = 4;

    /// <param name="run">With its curves.</param>
    /// <param name="bestEpoch">The one whose values ship, from 1.</param>
    public static string Draw(TrainingRunView run, int bestEpoch)
    {
        var title = $"{run.Request.ModelName}, {run.Request.Recipe}";
        var runs = run.SliceCurves.Where(IsRun).OrderBy(slice => At(slice.Value, bestEpoch)).ThenBy(slice => slice.Key, StringComparer.Ordinal)
            .ToList();
        var truths = run.SliceCurves.Where(slice => !IsRun(slice)).OrderBy(slice => slice.Key, StringComparer.Ordinal).ToList();
        var panels = 1 + (truths.Count > 0 ? 1 : 0) + (runs.Count > 0 ? 1 : 0);
        var canvas = new SvgCanvas(Width, panels * Height, title);
        var mark = ((double)bestEpoch, string.Create(CultureInfo.InvariantCulture, $"epoch {bestEpoch} ships"));
        List<(string, IReadOnlyList<(double, double)>)> whole = [("training", Points(run.LossCurve))];
        if (run.ValidationCurve.Count > 0) whole.Add(("validation runs", Points(run.ValidationCurve)));
        Panel(0).Draw(title, "epoch", "loss", whole, isLoss: true, mark: mark);
        if (truths.Count > 0)
            Panel(1).Draw(
                "each truth of the validation runs", "epoch", "loss", [.. truths.Select(slice => (slice.Key, Points(slice.Value)))], isLoss: true,
                mark: mark);
        if (runs.Count > 0)
        {
            var quiet = Math.Max(0, runs.Count - Named);
            var order = runs.Take(quiet).Concat(runs.Skip(quiet).Reverse());
            Panel(panels - 1).Draw(
                "each validation run, the worst named", "epoch", "loss", [.. order.Select(slice => (slice.Key[SliceJudge.RunPrefix.Length..], Points(slice.Value)))],
                quiet,
                isLoss: true, mark: mark);
        }

        return canvas.ToString();

        CurvePanel Panel(int place) => new(canvas, place * Height, Width, Height);
    }

    private static bool IsRun(KeyValuePair<string, IReadOnlyList<double>> slice) =>
        slice.Key.StartsWith(SliceJudge.RunPrefix, StringComparison.Ordinal);

    private static double At(IReadOnlyList<double> curve, int epoch) => epoch >= 1 && epoch <= curve.Count ? curve[epoch - 1] : double.NaN;

    private static IReadOnlyList<(double X, double Y)> Points(IEnumerable<double> losses) => [.. losses.Select((loss, i) => ((double)(i + 1), loss))];
}
