namespace Hmas.Storage;

/// <summary>How a <see cref="Database"/> uses its file and its memory.</summary>
public sealed record DatabaseSettings
{
    /// <summary>Writes that may wait for the writer; a full queue makes <see cref="Database.WriteAsync"/> wait. Default 1024.</summary>
    public int QueueCapacity { get; init; } = 1024;

    /// <summary>Most writes that share one transaction and its fsync. Default 256.</summary>
    public int MaxGroup { get; init; } = 256;

    /// <summary>Most concurrent <see cref="Database.Read"/> calls; more wait. Default 2.</summary>
    public int Readers { get; init; } = 2;

    /// <summary>Page cache of each connection in KiB. Default 1024.</summary>
    public int CacheKiB { get; init; } = 1024;

    /// <summary>Page size of a new file, a power of two from 512 to 65536; larger pages waste less on rows of a few kB. Default 4096.</summary>
    public int PageBytes { get; init; } = 4096;

    /// <summary>Pages in the write-ahead log after which a commit carries them over into the file. Default 1000 (SQLite's own).</summary>
    public int WalAutoCheckpointPages { get; init; } = 1000;

    /// <summary>No other process opens the file while this one does: it is locked to it, and the index of the log stays in this process's memory
    /// instead of a shared file, whose two to three pages each burst of commits would write. Default false.</summary>
    public bool OneProcess { get; init; }

    /// <summary>How long to wait for another process that holds the file. Default 5 s.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
