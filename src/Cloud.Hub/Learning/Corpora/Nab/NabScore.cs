using System.Globalization;

namespace Cloud.Hub.Learning.Corpora.Nab;

/// <summary>Sums over streams.</summary>
internal readonly record struct NabScore
{
    public double Raw { get; init; }

    /// <summary>Raw sum of a detector that finds every window at its left edge.</summary>
    public double Best { get; init; }

    /// <summary>Raw sum of silence.</summary>
    public double Worst { get; init; }

    /// <summary>Windows with rows behind the settling time.</summary>
    public int Windows { get; init; }

    public int Found { get; init; }

    /// <summary>Detections outside of windows.</summary>
    public int False { get; init; }

    /// <summary>0 for silence, 100 for perfection; NaN without windows.</summary>
    public double Normalised => 100 * (Raw - Worst) / (Best - Worst);

    public static NabScore operator +(NabScore a, NabScore b) => new()
    {
        Raw = a.Raw + b.Raw,
        Best = a.Best + b.Best,
        Worst = a.Worst + b.Worst,
        Windows = a.Windows + b.Windows,
        Found = a.Found + b.Found,
        False = a.False + b.False,
    };

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Normalised:0.00}, {Found} of {Windows} windows, {False} false detections");
}
