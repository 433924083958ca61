using Hmas.Contracts.Facts;

namespace Cloud.Hub.Memory.Contract;

/// <summary>The door of the Memory service: what the fleet lived through, for ever or until retention.</summary>
public interface IExperienceArchive
{
    /// <summary>Stores batches in one commit. On return everything acknowledged is on disk. Repeats are
    /// dropped and counted; facts behind a gap are not stored.</summary>
    Task<AppendResult> AppendAsync(IReadOnlyList<FactBatch> batches, CancellationToken cancellation);

    /// <summary>In ascending id order; descending when <see cref="ExperienceQuery.BeforeId"/> is set.</summary>
    IAsyncEnumerable<ArchivedExperience> ReadAsync(ExperienceQuery query, CancellationToken cancellation);

    /// <summary>Draws for replay, deterministic for a seed.</summary>
    Task<IReadOnlyList<ArchivedExperience>> SampleAsync(ReplayRequest request, CancellationToken cancellation);

    Task<ArchiveStatistics> StatisticsAsync(CancellationToken cancellation);
}

/// <param name="Acknowledgements">One per batch, in order: the last contiguous sequence on disk of its device and epoch.</param>
/// <param name="Stored">The facts that were new, per batch, for the bus.</param>
public sealed record AppendResult(IReadOnlyList<FactAck> Acknowledgements, IReadOnlyList<FactBatch> Stored, int Repeats, int Gaps);

public sealed record ArchivedExperience(long Id, string SiteId, string DeviceId, long Epoch, long Sequence, ExperienceRecord Record);

/// <summary>Nulls do not restrict.</summary>
public sealed record ExperienceQuery
{
    public string? SiteId { get; init; }

    public string? DeviceId { get; init; }

    public string? RunId { get; init; }

    public long? FromUs { get; init; }

    public long? ToUs { get; init; }

    /// <summary>Any of these.</summary>
    public ExperienceReasons? Reasons { get; init; }

    public long AfterId { get; init; }

    /// <summary>Set: ids below this one, the newest first.</summary>
    public long? BeforeId { get; init; }

    public int Limit { get; init; } = int.MaxValue;
}

/// <param name="Count">Drawn without replacement: all there are, when there are no more.</param>
/// <param name="Prioritized">True: drawn with probability proportional to value; false: uniform.</param>
/// <param name="UpToId">Newer ones are not drawn.</param>
public sealed record ReplayRequest(int Count, bool Prioritized, long Seed, long UpToId = long.MaxValue);

public sealed record ArchiveStatistics(
    long Facts, long Experiences, long Repeats, long Gaps, long Evicted, long QuarantinedRecords, long Bytes, IReadOnlyList<DeviceArchive> Devices);

/// <param name="Sequence">Last contiguous sequence on disk.</param>
public sealed record DeviceArchive(string SiteId, string DeviceId, long Epoch, long Sequence, long Experiences);
