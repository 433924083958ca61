namespace Cloud.Hub.Learning.Datasets;

/// <summary>What gets one part of the split: a block of a run, or the runs of one life.</summary>
/// <param name="Names">As learning.db keeps them.</param>
/// <param name="Fault">What labels call a fault that begins in it; null: none does.</param>
internal sealed record SplitGroup(IReadOnlyCollection<string> Names, string? Fault = null);
