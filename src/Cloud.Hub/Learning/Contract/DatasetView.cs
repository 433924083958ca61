namespace Cloud.Hub.Learning.Contract;

/// <summary>Which samples a part of a training run read, as they were chosen when it began.</summary>
/// <param name="Part"><c>fitted</c>, <c>validation</c> or <c>held-out</c>.</param>
/// <param name="Digest">Over rows and truth, <c>sha256:hex</c>.</param>
/// <param name="Labels">Truth was that of the first so many labels, in order of arrival.</param>
/// <param name="Sources">By run of a machine.</param>
public sealed record DatasetView(string TrainingRunId, string Part, string Digest, int Labels, IReadOnlyList<DatasetSource> Sources)
{
    public int Samples => Sources.Sum(static source => source.ExperienceIds.Count);
}
