using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Search;

/// <summary>Density of one dimension around some places: a normal around each, as wide as its wider gap to a neighbour, cut
/// to [0, 1], and a wide one in the middle as prior (Bergstra et al. 2011).</summary>
internal sealed class ParzenDensity
{
    private const int FinestShare = 100;
    private readonly double[] _centres;
    private readonly double[] _widths;
    private readonly double[] _factors;

    /// <param name="places">In [0, 1]; may be empty.</param>
    public ParzenDensity(ReadOnlySpan<double> places)
    {
        var count = places.Length + 1;
        _centres = new double[count];
        _widths = new double[count];
        _factors = new double[count];
        places.CopyTo(_centres);
        _centres[^1] = 0.5;
        Array.Sort(_centres);
        var finest = 1.0 / Math.Min(FinestShare, count + 1);
        var priorSeen = false;
        for (var i = 0; i < count; i++)
        {
            var below = i > 0 ? _centres[i] - _centres[i - 1] : 0;
            var above = i + 1 < count ? _centres[i + 1] - _centres[i] : 0;
            var isPrior = !priorSeen && _centres[i] == 0.5;
            priorSeen |= isPrior;
            _widths[i] = isPrior ? 1 : Math.Clamp(Math.Max(below, above), finest, 1);
            var inside = NormalBelow((1 - _centres[i]) / _widths[i]) - NormalBelow(-_centres[i] / _widths[i]);
            _factors[i] = 1 / (_widths[i] * inside * count);
        }
    }

    /// <summary>Up to a constant that all densities share.</summary>
    public double At(double place)
    {
        var sum = 0.0;
        for (var i = 0; i < _centres.Length; i++)
        {
            var distance = (place - _centres[i]) / _widths[i];
            sum += _factors[i] * Math.Exp(-0.5 * distance * distance);
        }

        return sum;
    }

    public double Draw(SeededRandom random)
    {
        var i = random.Next(_centres.Length);
        return Around(_centres[i], _widths[i], random);
    }

    /// <summary>A normal place around a centre, drawn again until it lies in [0, 1].</summary>
    public static double Around(double centre, double width, SeededRandom random)
    {
        while (true)
        {
            var place = centre + (width * random.NextNormal());
            if (place is >= 0 and <= 1) return place;
        }
    }

    /// <summary>Share of a standard normal below x, to 1e-7: Abramowitz and Stegun 7.1.26.</summary>
    private static double NormalBelow(double x)
    {
        var z = Math.Abs(x) / Math.Sqrt(2);
        var t = 1 / (1 + (0.3275911 * z));
        var tail = t * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429)))))))) * Math.Exp(-z * z);
        return x >= 0 ? 1 - (tail / 2) : tail / 2;
    }
}
