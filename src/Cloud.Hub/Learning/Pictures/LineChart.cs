using System.Globalization;

namespace Cloud.Hub.Learning.Pictures;

/// <summary>Curves over equal steps with a legend.</summary>
internal static class LineChart
{
    private const int Width = 900;
    private const int Height = 420;
    private const int Left = 60;
    private const int Right = 330;
    private const int Top = 50;
    private const int Bottom = 40;

    /// <summary>Told apart by people who do not see red and green apart (Okabe and Ito 2008).</summary>
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c564b", "#7f7f7f"];

    /// <param name="curves">Name and values; values that are not finite leave a gap.</param>
    public static string Draw(string title, IReadOnlyList<(string Name, IReadOnlyList<double> Values)> curves)
    {
        var canvas = new SvgCanvas(Width, Height, title);
        canvas.Text(Left, 28, title, size: 14);
        double[] finite = [.. curves.SelectMany(curve => curve.Values).Where(double.IsFinite)];
        if (finite.Length == 0) return canvas.ToString();
        var (low, high) = (finite.Min(), finite.Max());
        if (high <= low) high = low + 1e-12;
        var steps = Math.Max(1, curves.Max(curve => curve.Values.Count) - 1);
        double X(int step) => Left + ((double)(Width - Left - Right) * step / steps);
        double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * (value - low) / (high - low));
        canvas.Line(Left, Height - Bottom, Width - Right, Height - Bottom, "#9aa5b1");
        canvas.Line(Left, Top, Left, Height - Bottom, "#9aa5b1");
        canvas.Text(Left - 6, Y(low) + 4, Number(low), "end", "#52606d");
        canvas.Text(Left - 6, Y(high) + 4, Number(high), "end", "#52606d");
        canvas.Text(X(steps), Height - 14, steps.ToString(CultureInfo.InvariantCulture), "middle", "#52606d");
        canvas.Text(X(0), Height - 14, "0", "middle", "#52606d");
        for (var i = 0; i < curves.Count; i++)
        {
            var colour = Colours[i % Colours.Length];
            canvas.Polyline(
                curves[i].Values.Select((value, step) => (step, value)).Where(point => double.IsFinite(point.value))
                    .Select(point => (X(point.step), Y(point.value))), colour, 2);
            var y = Top + 10 + (22 * i);
            canvas.Line(Width - Right + 16, y - 4, Width - Right + 40, y - 4, colour, 3);
            canvas.Text(Width - Right + 46, y, curves[i].Name);
        }

        return canvas.ToString();
    }

    private static string Number(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
