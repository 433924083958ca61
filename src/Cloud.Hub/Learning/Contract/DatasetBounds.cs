namespace Cloud.Hub.Learning.Contract;

/// <summary>Which experience a run may read, settled when it begins: what arrives later changes
/// nothing of it, and the next run knows what is new.</summary>
/// <param name="LastExperienceId">The archive's newest experience of then.</param>
/// <param name="Labels">Labels there were, in order of arrival.</param>
public sealed record DatasetBounds(long LastExperienceId, int Labels);
