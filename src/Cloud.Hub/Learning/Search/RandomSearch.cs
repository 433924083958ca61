using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Search;

/// <summary>Uniform places: the yardstick of every other strategy.</summary>
internal sealed class RandomSearch : ISearchStrategy
{
    public bool Next(IReadOnlyList<SearchTrial> trials, Span<double> unit, SeededRandom random)
    {
        foreach (ref var value in unit) value = random.NextSingle();
        return false;
    }
}
