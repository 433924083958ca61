namespace Cloud.Hub.Learning.Search;

/// <summary>What a search wants low.</summary>
internal interface ISearchObjective
{
    /// <summary>Blocks its thread; may be called from several at once.</summary>
    /// <param name="values">Hyperparameters by name.</param>
    /// <param name="share">Share of the full budget, (0, 1].</param>
    /// <returns>Lower is better; not a number for a run that diverged.</returns>
    double Evaluate(IReadOnlyDictionary<string, double> values, double share, CancellationToken cancellation);
}
