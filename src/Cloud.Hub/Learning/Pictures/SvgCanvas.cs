using System.Globalization;
using System.Net;
using System.Text;

namespace Cloud.Hub.Learning.Pictures;

/// <summary>A picture as SVG text: shapes in the order they are drawn, coordinates in pixels from the
/// upper left. The same calls give the same bytes.</summary>
internal sealed class SvgCanvas
{
    private readonly StringBuilder _text = new();

    /// <param name="title">What a screen reader says.</param>
    public SvgCanvas(int width, int height, string title)
    {
        _text.Append(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" ");
        _text.Append("font-family=\"system-ui, sans-serif\" font-size=\"12\">\n");
        _text.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)}</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
    }

    public void Line(double x1, double y1, double x2, double y2, string colour, double width = 1) =>
        _text.Append(
            CultureInfo.InvariantCulture,
            $"<line x1=\"{x1:0.#}\" y1=\"{y1:0.#}\" x2=\"{x2:0.#}\" y2=\"{y2:0.#}\" stroke=\"{colour}\" stroke-width=\"{width:0.##}\"/>\n");

    public void Polyline(IEnumerable<(double X, double Y)> points, string colour, double width = 1.5, double opacity = 1)
    {
        var path = string.Join(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:0.#},{point.Y:0.#}")));
        _text.Append(
            CultureInfo.InvariantCulture,
            $"<polyline points=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width:0.##}\" stroke-opacity=\"{opacity:0.##}\"/>\n");
    }

    public void Dot(double x, double y, double radius, string colour, double opacity = 1) =>
        _text.Append(
            CultureInfo.InvariantCulture,
            $"<circle cx=\"{x:0.#}\" cy=\"{y:0.#}\" r=\"{radius:0.#}\" fill=\"{colour}\" fill-opacity=\"{opacity:0.##}\"/>\n");

    public void Bar(double x, double y, double width, double height, string colour) =>
        _text.Append(
            CultureInfo.InvariantCulture, $"<rect x=\"{x:0.#}\" y=\"{y:0.#}\" width=\"{width:0.#}\" height=\"{height:0.#}\" fill=\"{colour}\"/>\n");

    /// <param name="anchor"><c>start</c>, <c>middle</c> or <c>end</c>: which part of the text stands at x.</param>
    public void Text(double x, double y, string text, string anchor = "start", string colour = "#1f2933", int size = 12) =>
        _text.Append(
            CultureInfo.InvariantCulture,
            $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\" fill=\"{colour}\" font-size=\"{size}\">{Escape(text)}</text>\n");

    public override string ToString() => $"{_text}</svg>\n";

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
