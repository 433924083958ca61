namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Whether a candidate may be released, and the sentence that explains it.</summary>
internal readonly record struct GateVerdict(bool Released, string Reason);
