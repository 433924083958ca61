using Hmas.Contracts.Facts;

namespace Cloud.Hub.Memory.Contract;

/// <summary>The archive's other facts (alarms, actions, slot reports, evidence, runs), for a
/// service that keeps its own place and must miss none.</summary>
public interface IFactArchive
{
    /// <summary>In ascending id order, which is the order of their commits; per device it is the order of their sequences.</summary>
    IAsyncEnumerable<ArchivedFact> ReadFactsAsync(FactQuery query, CancellationToken cancellation);

    /// <summary>Id of the newest fact ever stored; 0: none yet. Where a reader begins that is not concerned by the past.</summary>
    Task<long> LastFactIdAsync(CancellationToken cancellation);
}

/// <param name="Id">Grows with every stored fact; never reused.</param>
public sealed record ArchivedFact(long Id, string SiteId, string DeviceId, long Epoch, Fact Fact);

/// <summary>Nulls do not restrict.</summary>
public sealed record FactQuery
{
    public FactKind? Kind { get; init; }

    public long AfterId { get; init; }

    public int Limit { get; init; } = int.MaxValue;
}
