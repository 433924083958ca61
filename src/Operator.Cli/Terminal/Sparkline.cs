namespace Operator.Cli.Terminal;

/// <summary>A course of values as one line of text.</summary>
internal static class Sparkline
{
    private const string Levels = "▁▂▃▄▅▆▇█";

    /// <param name="values">At least one.</param>
    /// <param name="most">Letters at most; neighbouring values share one as their mean.</param>
    public static string Of(IReadOnlyList<float> values, int most)
    {
        var count = Math.Min(most, values.Count);
        var means = Enumerable.Range(0, count).Select(i => Mean(values, i * values.Count / count, (i + 1) * values.Count / count)).ToArray();
        var (low, span) = (means.Min(), means.Max() - means.Min());
        return string.Concat(means.Select(mean => Levels[span > 0 ? (int)Math.Min(Levels.Length - 1, Levels.Length * (mean - low) / span) : 0]));
    }

    private static float Mean(IReadOnlyList<float> values, int from, int to)
    {
        var sum = 0f;
        for (var i = from; i < to; i++) sum += values[i];
        return sum / (to - from);
    }
}
