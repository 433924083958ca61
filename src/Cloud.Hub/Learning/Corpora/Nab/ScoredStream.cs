namespace Cloud.Hub.Learning.Corpora.Nab;

/// <summary>A stream with a detector's answers.</summary>
/// <param name="Scores">One a row, 0 to 1.</param>
internal sealed record ScoredStream(NabFile File, IReadOnlyList<double> Scores);
