namespace Hmas.Storage;

/// <summary>How a <see cref="Database"/> fares. Counters run since it was opened.</summary>
public sealed record DatabaseHealth
{
    /// <summary>Size of the main file in bytes.</summary>
    public required long FileBytes { get; init; }

    /// <summary>Size of the write-ahead log in bytes.</summary>
    public required long WalBytes { get; init; }

    /// <summary>Writes that were committed and acknowledged.</summary>
    public required long Writes { get; init; }

    /// <summary>Transactions they shared.</summary>
    public required long Commits { get; init; }

    /// <summary>Writes that were rolled back and answered with an exception.</summary>
    public required long FailedWrites { get; init; }

    /// <summary>Failures by reason.</summary>
    public required long DiskFull { get; init; }

    public required long IoErrors { get; init; }

    public required long Corruptions { get; init; }

    /// <summary>Files beside this one that were moved aside as corrupt, now or in earlier starts.</summary>
    public required int QuarantinedFiles { get; init; }

    /// <summary>Rows copied out of the corrupt file at this start.</summary>
    public required long SalvagedRows { get; init; }

    /// <summary>See <see cref="Database.QuarantinedRecords"/>.</summary>
    public required long QuarantinedRecords { get; init; }

    /// <summary>False after a full disk, an I/O error or corruption until the next successful commit.</summary>
    public required bool IsGood { get; init; }
}
