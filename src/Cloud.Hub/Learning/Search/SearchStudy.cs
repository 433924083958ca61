using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Search;

/// <summary>A search for hyperparameters by asking and telling. Deterministic for a seed and the
/// order of the calls; several trials may run at once.</summary>
internal sealed class SearchStudy
{
    private readonly IReadOnlyList<SearchDimension> _space;
    private readonly ISearchStrategy _strategy;
    private readonly ulong _seed;
    private readonly List<SearchTrial> _trials;

    /// <param name="earlier">Trials of a search that was stopped; it goes on from there, and those without a
    /// result are asked to run again by <see cref="Open"/>.</param>
    /// <exception cref="ArgumentException">An empty space, or earlier trials of another one.</exception>
    public SearchStudy(IReadOnlyList<SearchDimension> space, ISearchStrategy strategy, ulong seed, IReadOnlyList<SearchTrial>? earlier = null)
    {
        if (space.Count == 0) throw new ArgumentException("a search space without dimensions has nothing to search");
        foreach (var dimension in space) dimension.Check();
        (_space, _strategy, _seed, _trials) = (space, strategy, seed, [.. earlier ?? []]);
        for (var i = 0; i < _trials.Count; i++)
        {
            if (_trials[i].Id != i || _trials[i].Unit.Count != space.Count)
                throw new ArgumentException($"trial {_trials[i].Id} at place {i} belongs to another search");
        }
    }

    public IReadOnlyList<SearchTrial> Trials => _trials;

    /// <summary>Trials that were asked for and not told.</summary>
    public IEnumerable<SearchTrial> Open => _trials.Where(trial => trial.Value is null);

    /// <summary>The best so far; null before the first result.</summary>
    public SearchTrial? Best
    {
        get
        {
            SearchTrial? best = null;
            foreach (var trial in _trials)
            {
                if (trial.HasResult && trial.IsBetterThan(best)) best = trial;
            }

            return best;
        }
    }

    /// <summary>The next trial at a place the caller names.</summary>
    /// <param name="unit">One number a dimension, [0, 1].</param>
    public SearchTrial Ask(IReadOnlyList<double> unit)
    {
        _trials.Add(new SearchTrial(_trials.Count, unit, IsRefinement: false));
        return _trials[^1];
    }

    public SearchTrial Ask()
    {
        var unit = new double[_space.Count];
        var random = new SeededRandom(SeededRandom.SeedOf(_seed, 0x5E, (ulong)_trials.Count, 0));
        var isRefinement = _strategy.Next(_trials, unit, random);
        _trials.Add(new SearchTrial(_trials.Count, unit, isRefinement));
        return _trials[^1];
    }

    /// <param name="value">Lower is better; not a number when the run failed.</param>
    /// <param name="rung">Budget it was reached with; a later, larger one replaces an earlier.</param>
    public void Tell(int id, double value, int rung = 0) => _trials[id] = _trials[id] with { Value = value, Rung = rung };

    /// <summary>The hyperparameters of a trial by name.</summary>
    public IReadOnlyDictionary<string, double> Values(SearchTrial trial) =>
        _space.Select((dimension, i) => (dimension.Name, Value: dimension.ValueAt(trial.Unit[i])))
            .ToDictionary(pair => pair.Name, pair => pair.Value);
}
