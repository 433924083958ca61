namespace Cloud.Hub.Learning.Search;

/// <summary>One hyperparameter: a range, on a line or by orders of magnitude.</summary>
/// <param name="IsLogarithmic">Equal ratios count alike: rates, decays, sizes.</param>
/// <param name="IsInteger">Values are whole.</param>
internal sealed record SearchDimension(string Name, double Low, double High, bool IsLogarithmic = false, bool IsInteger = false)
{
    /// <summary>The value at a place in [0, 1].</summary>
    public double ValueAt(double unit)
    {
        var value = IsLogarithmic ? Low * Math.Pow(High / Low, unit) : Low + ((High - Low) * unit);
        return IsInteger ? Math.Clamp(Math.Round(value), Low, High) : value;
    }

    /// <summary>The place in [0, 1] of a value; values outside the range lie at its ends.</summary>
    public double PlaceOf(double value)
    {
        var place = IsLogarithmic ? Math.Log(value / Low) / Math.Log(High / Low) : (value - Low) / (High - Low);
        return Math.Clamp(place, 0, 1);
    }

    /// <exception cref="ArgumentException">No value lies in the range; the message names the dimension.</exception>
    public void Check()
    {
        if (!double.IsFinite(Low) || !double.IsFinite(High) || Low >= High)
            throw new ArgumentException($"'{Name}' has the empty range {Low} to {High}");
        if (IsLogarithmic && Low <= 0) throw new ArgumentException($"'{Name}' is logarithmic and begins at {Low}");
    }
}
