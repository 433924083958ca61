namespace Cloud.Hub.Learning.Search;

/// <summary>One set of hyperparameters and what came of it.</summary>
/// <param name="Unit">Place in the unit cube, one number a dimension.</param>
/// <param name="IsRefinement">Whether it was a step from the best trial before it.</param>
/// <param name="Value">Lower is better; null while it runs for the first time; not a number for a run that failed or diverged.</param>
/// <param name="Rung">Budget that the value was reached with, as <see cref="SuccessiveHalving"/> counts them.</param>
internal sealed record SearchTrial(int Id, IReadOnlyList<double> Unit, bool IsRefinement, double? Value = null, int Rung = 0)
{
    /// <summary>Whether its value may be compared.</summary>
    public bool HasResult => Value is { } value && double.IsFinite(value);

    /// <summary>Of two results the better: a trial that earned a larger budget was better than those left behind
    /// with less, whatever the numbers say; then the lower value.</summary>
    public bool IsBetterThan(SearchTrial? other) => other is null || Rung > other.Rung || (Rung == other.Rung && Value < other.Value);
}
