using System.Globalization;

namespace Cloud.Hub.Learning.Pictures;

/// <summary>An axis whose ticks are round numbers: multiples of 1, 2 or 5 times a power of ten.</summary>
/// <param name="Low">First tick.</param>
/// <param name="High">Last tick.</param>
internal readonly record struct NiceAxis(double Low, double High, double Step)
{
    private static readonly double[] Rounds = [1, 2, 5, 10];

    /// <summary>Ticks from a little below to a little above.</summary>
    /// <param name="most">Steps at most.</param>
    /// <param name="leastStep">1 for what is counted.</param>
    public static NiceAxis Over(double low, double high, int most, double leastStep = 0)
    {
        var range = high > low ? high - low : Math.Max(Math.Abs(high), 1) * 1e-3;
        var power = Math.Pow(10, Math.Floor(Math.Log10(range / most)));
        var step = Math.Max(leastStep, Rounds.First(round => range / (round * power) <= most) * power);
        var (first, last) = (Math.Floor(low / step) * step, Math.Ceiling(high / step) * step);
        return new NiceAxis(first, last > first ? last : first + step, step);
    }

    public IEnumerable<double> Ticks
    {
        get
        {
            for (var i = 0; Low + (i * Step) <= High + (Step / 2); i++) yield return Low + (i * Step);
        }
    }

    public double ShareOf(double value) => (value - Low) / (High - Low);

    /// <summary>As many digits as the steps need.</summary>
    public string Text(double tick) =>
        tick.ToString($"F{Math.Clamp((int)Math.Ceiling(-Math.Log10(Step)), 0, 6)}", CultureInfo.InvariantCulture);
}
