using System.Globalization;

namespace Cloud.Hub.Learning.Pictures;

/// <summary>Curves over a common axis as an SVG picture.</summary>
internal static class CurveChart
{
    private const int Width = 720;
    private const int Height = 400;
    private const int Left = 64;
    private const int Right = 200;
    private const int Top = 40;
    private const int Bottom = 48;
    private const int Ticks = 5;
    private static readonly string[] Colours = ["#1f6feb", "#d1242f", "#1a7f37", "#9a6700", "#8250df", "#57606a"];

    /// <param name="curves">Points from left to right; those without a finite y are passed over.</param>
    public static string Draw(
        string title, string xName, string yName, IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> curves)
    {
        var canvas = new SvgCanvas(Width, Height, title);
        canvas.Text(Left, 22, title, size: 14);
        var all = curves.SelectMany(curve => curve.Points).Where(point => double.IsFinite(point.Y)).ToList();
        if (all.Count == 0) return canvas.ToString();
        var (x, y) = (new Axis(all.Min(p => p.X), all.Max(p => p.X)), new Axis(all.Min(p => p.Y), all.Max(p => p.Y)));
        for (var i = 0; i <= Ticks; i++)
        {
            var (atX, atY) = (X((double)i / Ticks), Y((double)i / Ticks));
            canvas.Line(Left, atY, Width - Right, atY, "#e5e7eb");
            canvas.Text(Left - 8, atY + 4, Text(y.At((double)i / Ticks)), "end");
            canvas.Text(atX, Height - Bottom + 18, Text(x.At((double)i / Ticks)), "middle");
        }

        canvas.Text((Left + Width - Right) / 2.0, Height - 10, xName, "middle");
        canvas.Text(8, Top - 6, yName);
        for (var i = 0; i < curves.Count; i++)
        {
            var colour = Colours[i % Colours.Length];
            var points = curves[i].Points.Where(point => double.IsFinite(point.Y)).Select(point => (X(x.ShareOf(point.X)), Y(y.ShareOf(point.Y))))
                .ToList();
            canvas.Polyline(points, colour, 2);
            foreach (var (atX, atY) in points) canvas.Dot(atX, atY, 2.5, colour);
            canvas.Line(Width - Right + 12, Top + (18 * i), Width - Right + 30, Top + (18 * i), colour, 2);
            canvas.Text(Width - Right + 36, Top + 4 + (18 * i), curves[i].Name);
        }

        return canvas.ToString();

        static double X(double share) => Left + (share * (Width - Right - Left));

        static double Y(double share) => Height - Bottom - (share * (Height - Bottom - Top));

        static string Text(double value) => value.ToString("0.###", CultureInfo.InvariantCulture);
    }

    private readonly record struct Axis(double Low, double High)
    {
        public double At(double share) => Low + (share * (High - Low));

        public double ShareOf(double value) => High > Low ? (value - Low) / (High - Low) : 0.5;
    }
}
