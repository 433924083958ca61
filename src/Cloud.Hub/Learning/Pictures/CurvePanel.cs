namespace Cloud.Hub.Learning.Pictures;

/// <summary>Curves over a common axis in a part of a picture, with a legend on their right.</summary>
internal sealed class CurvePanel
{
    private const int Left = 64;

    /// <summary>At least; long names take more, up to half of the panel.</summary>
    private const int Right = 220;

    private const int Top = 54;
    private const int Bottom = 48;
    private const int Steps = 5;
    private const int LegendLine = 18;
    private const int LegendText = 36;
    private const double LetterWidth = 7;

    /// <summary>Told apart by people who do not see red and green apart (Okabe and Ito 2008).</summary>
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c564b", "#7f7f7f"];

    private readonly SvgCanvas _canvas;
    private readonly double _top;
    private readonly double _width;
    private readonly double _height;
    private double _right = Right;

    /// <param name="top">Of the panel on the canvas; it begins at its left edge.</param>
    public CurvePanel(SvgCanvas canvas, double top, double width, double height) =>
        (_canvas, _top, _width, _height) = (canvas, top, width, height);

    /// <param name="curves">Points from left to right; those without a finite y are passed over.</param>
    /// <param name="quiet">The first so many curves are drawn thin and grey, without a place in the legend of their own.</param>
    /// <param name="isLoss">x counts epochs, so its ticks are whole; y is a loss, so it begins at 0: what hardly moves shall look so.</param>
    /// <param name="mark">A place on the x axis to mark, and what it is.</param>
    public void Draw(
        string title, string xName, string yName, IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> curves, int quiet = 0,
        bool isLoss = false, (double X, string Name)? mark = null)
    {
        _canvas.Text(Left, _top + 22, title, size: 14);
        var longest = curves.Skip(quiet).Select(curve => curve.Name.Length).DefaultIfEmpty().Max();
        _right = Math.Clamp(LegendText + (LetterWidth * longest), Right, _width / 2);
        var all = curves.SelectMany(curve => curve.Points).Where(point => double.IsFinite(point.Y)).ToList();
        if (all.Count == 0)
        {
            _canvas.Text(Left, _top + Top + 20, "nothing was measured", colour: "#52606d");
            return;
        }

        var x = NiceAxis.Over(all.Min(p => p.X), all.Max(p => p.X), 2 * Steps, isLoss ? 1 : 0);
        var y = NiceAxis.Over(isLoss ? Math.Min(0, all.Min(p => p.Y)) : all.Min(p => p.Y), all.Max(p => p.Y), Steps);
        foreach (var tick in y.Ticks)
        {
            _canvas.Line(Left, Y(y, tick), _width - _right, Y(y, tick), "#e5e7eb");
            _canvas.Text(Left - 8, Y(y, tick) + 4, y.Text(tick), "end");
        }

        foreach (var tick in x.Ticks) _canvas.Text(X(x, tick), _top + _height - Bottom + 18, x.Text(tick), "middle");
        _canvas.Text((Left + _width - _right) / 2, _top + _height - 10, xName, "middle");
        _canvas.Text(8, _top + Top - 12, yName);
        if (mark is var (at, what))
        {
            _canvas.Line(X(x, at), _top + Top, X(x, at), _top + _height - Bottom, "#9aa5b1");
            _canvas.Text(X(x, at), _top + Top - 12, what, "middle", "#52606d");
        }

        for (var i = 0; i < quiet; i++) _canvas.Polyline(Places(curves[i].Points, x, y), "#b8c0ca", 1);
        for (var i = quiet; i < curves.Count; i++)
        {
            var colour = Colours[(i - quiet) % Colours.Length];
            var places = Places(curves[i].Points, x, y);
            _canvas.Polyline(places, colour, 2);
            foreach (var (placeX, placeY) in places) _canvas.Dot(placeX, placeY, 2.5, colour);
            Legend(i - quiet, curves[i].Name, colour);
        }

        if (quiet > 0) Legend(curves.Count - quiet, $"{quiet} others", "#b8c0ca");
    }

    private void Legend(int line, string name, string colour)
    {
        var y = _top + Top + (LegendLine * line);
        _canvas.Line(_width - _right + 12, y, _width - _right + 30, y, colour, 2);
        _canvas.Text(_width - _right + LegendText, y + 4, name);
    }

    private List<(double X, double Y)> Places(IEnumerable<(double X, double Y)> points, NiceAxis x, NiceAxis y) =>
        [.. points.Where(point => double.IsFinite(point.Y)).Select(point => (X(x, point.X), Y(y, point.Y)))];

    private double X(NiceAxis axis, double value) => Left + (axis.ShareOf(value) * (_width - _right - Left));

    private double Y(NiceAxis axis, double value) => _top + _height - Bottom - (axis.ShareOf(value) * (_height - Bottom - Top));
}
