namespace Cloud.Hub.Learning.Contract;

/// <summary>A part of a training run that read a sample.</summary>
/// <param name="Part"><c>fitted</c>, <c>validation</c> or <c>held-out</c>.</param>
/// <param name="Digest">Of the part's data, <c>sha256:hex</c>.</param>
public sealed record DatasetUse(string TrainingRunId, string Part, string Digest);
