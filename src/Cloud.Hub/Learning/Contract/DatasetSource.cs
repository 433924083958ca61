namespace Cloud.Hub.Learning.Contract;

/// <summary>Samples of one run of a machine.</summary>
/// <param name="MachineRun">See <see cref="Hmas.Contracts.Facts.ExperienceRecord.RunId"/>.</param>
/// <param name="ExperienceIds">Of the archive, ascending.</param>
public sealed record DatasetSource(string DeviceId, string MachineRun, IReadOnlyList<long> ExperienceIds);
