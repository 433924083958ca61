namespace Cloud.Hub.Learning.Corpora.Nab;

/// <summary>One stream of NAB.</summary>
/// <param name="Key">Category and file name with a slash between, as in the file of windows.</param>
/// <param name="Stamps">Timestamps as they stand; for windows and predictions only, never shown to a detector.</param>
/// <param name="Values">Same length.</param>
/// <param name="Windows">First and last row of each anomaly window, in time order; null when the file's windows are not known.</param>
internal sealed record NabFile(string Key, IReadOnlyList<string> Stamps, IReadOnlyList<double> Values, IReadOnlyList<(int First, int Last)>? Windows);
