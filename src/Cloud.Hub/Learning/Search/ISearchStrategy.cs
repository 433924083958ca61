using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Search;

/// <summary>Where to try next. Without memory: everything it knows stands in the trials, so a search resumed from them goes on the same.</summary>
internal interface ISearchStrategy
{
    /// <param name="trials">All so far, in order; those without a result still run or failed.</param>
    /// <param name="unit">The next place, (dimensions) in [0, 1], overwritten.</param>
    /// <param name="random">Of this trial alone.</param>
    /// <returns>Whether the place is a step from the best trial.</returns>
    bool Next(IReadOnlyList<SearchTrial> trials, Span<double> unit, SeededRandom random);
}
