using System.Globalization;
using Cloud.Hub.Learning.Pictures;

namespace Cloud.Hub.Learning.Search;

/// <summary>A study as a person sees it: how the best fell, which hyperparameters mattered, and where the good trials lie.</summary>
internal static class StudyPictures
{
    private const int Width = 900;
    private const int Height = 360;
    private const int Margin = 60;
    private const string Ink = "#1f2933";
    private const string Pale = "#9aa5b1";
    private const string Good = "#0b6e4f";

    /// <summary>Every trial's value in order, and the best so far of the largest budget.</summary>
    public static string History(IReadOnlyList<SearchTrial> trials)
    {
        var canvas = new SvgCanvas(Width, Height, "Value of each trial and the best so far");
        var shown = trials.Where(trial => trial.HasResult).ToList();
        canvas.Text(Margin, 24, $"{trials.Count} trials, {shown.Count} with a result; lower is better", size: 14);
        if (shown.Count == 0) return canvas.ToString();
        var (low, high) = Range(shown);
        double X(SearchTrial trial) => Margin + ((Width - (2.0 * Margin)) * trial.Id / Math.Max(1, trials.Count - 1));
        double Y(double value) => Height - Margin - ((Height - (2.0 * Margin)) * (Math.Min(value, high) - low) / (high - low));
        canvas.Line(Margin, Height - Margin, Width - Margin, Height - Margin, Pale);
        canvas.Line(Margin, Margin, Margin, Height - Margin, Pale);
        canvas.Text(Margin - 6, Y(low) + 4, Number(low), "end", Pale);
        canvas.Text(Margin - 6, Y(high) + 4, Number(high), "end", Pale);
        canvas.Text(Width - Margin, Height - Margin + 20, "trial", "end", Pale);
        var full = shown.Max(trial => trial.Rung);
        foreach (var trial in shown) canvas.Dot(X(trial), Y(trial.Value!.Value), trial.Rung == full ? 4 : 2.5, trial.Rung == full ? Good : Pale, 0.8);
        var best = double.PositiveInfinity;
        var steps = new List<(double, double)>();
        foreach (var trial in shown.Where(trial => trial.Rung == full))
        {
            if (steps.Count > 0) steps.Add((X(trial), Y(best)));
            best = Math.Min(best, trial.Value!.Value);
            steps.Add((X(trial), Y(best)));
        }

        canvas.Polyline(steps, Ink);
        canvas.Text(Width - Margin, 24, $"best {Number(best)}", "end", Ink, 14);
        canvas.Text(
            Margin, Height - 12, full == 0 ? "every trial had the full budget" : "green: trials with the full budget; grey: stopped earlier",
            colour: Pale);
        return canvas.ToString();
    }

    /// <summary>One bar a hyperparameter.</summary>
    public static string Importance(IReadOnlyList<SearchDimension> space, IReadOnlyList<double> shares)
    {
        var canvas = new SvgCanvas(Width, 60 + (30 * Math.Max(1, shares.Count)), "Importance of each hyperparameter");
        canvas.Text(
            20, 28, shares.Count == 0
                ? "too few results to tell which hyperparameters matter" : "which hyperparameters set the best fifth of the trials apart (sum 1)",
                size: 14);
        var row = 0;
        foreach (var (dimension, share) in space.Zip(shares).OrderByDescending(pair => pair.Second))
        {
            var y = 50 + (30 * row++);
            canvas.Text(200, y + 14, dimension.Name, "end");
            canvas.Bar(210, y, (Width - 300) * share, 20, Good);
            canvas.Text(216 + ((Width - 300) * share), y + 14, share.ToString("0.00", CultureInfo.InvariantCulture), colour: Pale);
        }

        return canvas.ToString();
    }

    /// <summary>One line a trial across all hyperparameters to its value; the best fifth in colour, on top.</summary>
    public static string ParallelCoordinates(IReadOnlyList<SearchDimension> space, IReadOnlyList<SearchTrial> trials)
    {
        var canvas = new SvgCanvas(Width, Height, "Hyperparameters and value of each trial as parallel coordinates");
        var ranked = trials.Where(trial => trial.HasResult).OrderByDescending(trial => trial.Rung).ThenBy(trial => trial.Value).ToList();
        canvas.Text(Margin, 24, "each line is a trial; green: the best fifth", size: 14);
        if (ranked.Count == 0) return canvas.ToString();
        var (low, high) = Range(ranked);
        double X(int axis) => Margin + 20 + ((Width - (2.0 * Margin) - 40) * axis / space.Count);
        double Y(double unit) => Height - Margin - ((Height - (2.0 * Margin) - 20) * unit);
        var best = (int)Math.Ceiling(0.2 * ranked.Count);
        for (var i = ranked.Count - 1; i >= 0; i--)
        {
            var trial = ranked[i];
            var places = trial.Unit.Append((Math.Min(trial.Value!.Value, high) - low) / (high - low));
            canvas.Polyline(places.Select((place, axis) => (X(axis), Y(place))), i < best ? Good : Pale, i < best ? 1.8 : 1, i < best ? 0.9 : 0.35);
        }

        for (var axis = 0; axis <= space.Count; axis++)
        {
            canvas.Line(X(axis), Y(0), X(axis), Y(1), Ink);
            canvas.Text(X(axis), Height - 14, axis < space.Count ? space[axis].Name : "value", "middle");
            canvas.Text(X(axis), Y(0) + 18, Number(axis < space.Count ? space[axis].Low : low), "middle", Pale, 11);
            canvas.Text(X(axis), Y(1) - 8, Number(axis < space.Count ? space[axis].High : high), "middle", Pale, 11);
        }

        return canvas.ToString();
    }

    /// <summary>Lowest value, and the one that nine in ten are below: a few that went wrong must not flatten the rest.</summary>
    private static (double Low, double High) Range(IReadOnlyList<SearchTrial> shown)
    {
        double[] values = [.. shown.Select(trial => trial.Value!.Value).Order()];
        var (low, high) = (values[0], values[(int)(0.9 * (values.Length - 1))]);
        return (low, high > low ? high : Math.Max(values[^1], low + 1e-12));
    }

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
