namespace Cloud.Hub.Learning.Pictures;

/// <summary>Curves over a common axis as an SVG picture.</summary>
internal static class CurveChart
{
    private const int Width = 740;
    private const int Height = 400;

    /// <param name="curves">Points from left to right; those without a finite y are passed over.</param>
    public static string Draw(
        string title, string xName, string yName, IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> curves)
    {
        var canvas = new SvgCanvas(Width, Height, title);
        new CurvePanel(canvas, 0, Width, Height).Draw(title, xName, yName, curves);
        return canvas.ToString();
    }
}
