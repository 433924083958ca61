using System.Globalization;
using System.Text;

namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>One diagram of an SVG file: lines over minutes, with the area up to their upper edge, and a boundary.</summary>
/// <param name="top">Of the diagram in the file, as <paramref name="height"/> in pixels.</param>
/// <param name="minutes">Of the axis.</param>
internal sealed class GatePanel(string title, int top, int height, double minutes, double lowest, double highest, bool isLog)
{
    private const int Left = 80;
    private const int Right = 870;
    private readonly double _upper = top + 45;
    private readonly double _lower = top + height - 50;
    private int _names;

    public void Axes(StringBuilder svg, IReadOnlyList<double> times, IReadOnlyList<double> values, Func<double, string> say)
    {
        svg.Append(Text(Left, top + 26, title, "#111", "font-weight=\"bold\""));
        foreach (var time in times)
        {
            svg.Append(Rule(X(time), _upper, X(time), _lower, "#eee", ""));
            svg.Append(Text(X(time), _lower + 18, string.Create(CultureInfo.InvariantCulture, $"{time:0}"), "#444", "text-anchor=\"middle\""));
        }

        foreach (var value in values)
        {
            svg.Append(Rule(Left, Y(value), Right, Y(value), "#eee", ""));
            svg.Append(Text(Left - 8, Y(value) + 4, say(value), "#444", "text-anchor=\"end\""));
        }

        svg.Append(Text(Right, _lower + 36, "minutes since the canary was told", "#444", "text-anchor=\"end\""));
    }

    public void Boundary(StringBuilder svg, double value, string name)
    {
        svg.Append(Rule(Left, Y(value), Right, Y(value), "#111", "stroke-dasharray=\"6 4\""));
        svg.Append(Text(Right - 4, Y(value) - 6, name, "#111", "text-anchor=\"end\" paint-order=\"stroke\" stroke=\"#fff\" stroke-width=\"4\""));
    }

    /// <param name="points">Minutes, figure and upper edge.</param>
    public void Line(StringBuilder svg, IReadOnlyList<(double Minutes, double Value, double Upper)> points, string colour, string name)
    {
        var line = Points(points.Select(static point => (point.Minutes, point.Value)));
        var edge = Points(points.Reverse().Select(static point => (point.Minutes, point.Upper)));
        svg.Append($"<polygon points=\"{line} {edge}\" fill=\"{colour}\" fill-opacity=\"0.15\"/>");
        svg.Append($"<polyline points=\"{line}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
        var (at, value, _) = points[^1];
        svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{X(at):0.0}\" cy=\"{Y(value):0.0}\" r=\"5\" fill=\"{colour}\"/>");
        svg.Append(Text(Right - 4, _upper + 18 + (20 * _names++), name, colour, "text-anchor=\"end\" font-weight=\"bold\""));
    }

    private string Points(IEnumerable<(double Minutes, double Value)> points) =>
        string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Minutes):0.0},{Y(point.Value):0.0}")));

    private double X(double at) => Left + ((Right - Left) * Math.Min(1, at / minutes));

    private double Y(double value)
    {
        var place = isLog ? Math.Log(Math.Clamp(value, lowest, highest) / lowest) / Math.Log(highest / lowest)
            : (Math.Clamp(value, lowest, highest) - lowest) / (highest - lowest);
        return _lower - ((_lower - _upper) * place);
    }

    private static string Rule(double x1, double y1, double x2, double y2, string colour, string how) =>
        string.Create(CultureInfo.InvariantCulture, $"<line x1=\"{x1:0.0}\" y1=\"{y1:0.0}\" x2=\"{x2:0.0}\" y2=\"{y2:0.0}\" stroke=\"{colour}\" {how}/>");

    private static string Text(double x, double y, string text, string colour, string how) =>
        string.Create(CultureInfo.InvariantCulture, $"<text x=\"{x:0.0}\" y=\"{y:0.0}\" fill=\"{colour}\" {how}>{text}</text>");
}
