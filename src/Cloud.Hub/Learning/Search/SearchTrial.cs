namespace Cloud.Hub.Learning.Search;

/// <summary>One set of hyperparameters and what came of it.</summary>
/// <param name="Unit">Place in the unit cube, one number a dimension.</param>
/// <param name="IsRefinement">Whether it was a step from the best trial before it.</param>
/// <param name="Value">Lower is better; null while it runs; not a number for a run that failed or diverged.</param>
internal sealed record SearchTrial(int Id, IReadOnlyList<double> Unit, bool IsRefinement, double? Value = null)
{
    /// <summary>Whether its value may be compared.</summary>
    public bool HasResult => Value is { } value && double.IsFinite(value);
}
