namespace Cloud.Hub.Learning.Search;

/// <summary>Early stopping without waiting (ASHA, Li et al. 2020): every trial gets the smallest budget, the best third of a rung the next, three
/// times as large. Brackets that begin higher hedge against late starters (Hyperband, Li et al. 2018).</summary>
/// <remarks>All it knows was reported, so a stopped search goes on by reporting its results again in
/// order; a promotion without a result is made again.</remarks>
internal sealed class SuccessiveHalving
{
    private const int Reduction = 3;
    private readonly int _smallest;
    private readonly int _brackets;
    private readonly List<(int Trial, double Value)>[] _rungs;
    private readonly HashSet<(int Trial, int Rung)> _promoted = [];

    /// <param name="smallest">First budget, such as epochs.</param>
    /// <param name="largest">No trial gets more.</param>
    /// <param name="brackets">1 is plain ASHA; trials take turns in beginning at the first rungs.</param>
    public SuccessiveHalving(int smallest, int largest, int brackets = 1)
    {
        if (smallest < 1 || largest < smallest) throw new ArgumentException($"budgets {smallest} to {largest} are no range");
        var rungs = 1;
        for (long budget = smallest; budget * Reduction <= largest; budget *= Reduction) rungs++;
        if (brackets < 1 || brackets > rungs) throw new ArgumentException($"{brackets} brackets do not fit {rungs} rungs");
        (_smallest, _brackets) = (smallest, brackets);
        _rungs = [.. Enumerable.Range(0, rungs).Select(_ => new List<(int, double)>())];
    }

    /// <summary>What to run next: a promoted trial, or null for a new one.</summary>
    /// <returns>The trial, its rung and the budget it gets in all (not on top of what it had).</returns>
    public (int Trial, int Rung, int Budget)? Promote()
    {
        for (var rung = _rungs.Length - 2; rung >= 0; rung--)
        {
            var results = _rungs[rung];
            var best = results.OrderBy(result => double.IsNaN(result.Value)).ThenBy(result => result.Value).ThenBy(result => result.Trial)
                .Take(results.Count / Reduction);
            foreach (var (trial, value) in best)
            {
                if (double.IsNaN(value) || !_promoted.Add((trial, rung))) continue;
                return (trial, rung + 1, BudgetOf(rung + 1));
            }
        }

        return null;
    }

    /// <summary>Rung and budget at which a new trial begins.</summary>
    public (int Rung, int Budget) Start(int trial) => (trial % _brackets, BudgetOf(trial % _brackets));

    /// <summary>The last rung and its budget, for a trial that must not be stopped early.</summary>
    public (int Rung, int Budget) Full => (_rungs.Length - 1, BudgetOf(_rungs.Length - 1));

    /// <param name="value">Lower is better; not a number is never promoted.</param>
    public void Report(int trial, int rung, double value)
    {
        _rungs[rung].Add((trial, value));
        if (rung > 0) _promoted.Add((trial, rung - 1));
    }

    private int BudgetOf(int rung)
    {
        var budget = _smallest;
        for (var i = 0; i < rung; i++) budget *= Reduction;
        return budget;
    }
}
