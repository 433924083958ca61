namespace Cloud.Hub.Integration.Domain;

/// <param name="Detail">One line for people.</param>
/// <param name="At">When it last changed; null before anything happened.</param>
public sealed record LoopStage(StageName Stage, StageState State, string Detail, DateTimeOffset? At);
