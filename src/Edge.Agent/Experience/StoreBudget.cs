namespace Edge.Agent.Experience;

/// <summary>How a bound on disk bytes is shared between a store's file and its write-ahead log. Pure.</summary>
/// <param name="MaxBytes">What the owner allows in all, at least 4 MiB.</param>
internal readonly record struct StoreBudget(long MaxBytes)
{
    /// <summary>Of a new file. A commit writes whole pages: small ones waste less on a few facts of some hundred bytes, smaller
    /// ones make more pages of the same facts, and one window of 1.7 KB fits into this.</summary>
    public const int PageBytes = 2048;

    /// <summary>Pages in the log before it is carried over into the file: 512 KiB, and 1 MiB in a file that an
    /// older agent made, with pages of 4 KiB.</summary>
    public const int LogPages = 256;

    /// <summary>Payload bytes appended in one transaction at most: what the log's share can take beside its regular pages.</summary>
    public const int GroupBytes = 512 << 10;

    /// <summary>Set aside for the log: it is carried over every <see cref="LogPages"/> pages, and
    /// one group of writes may follow before that.</summary>
    private const long LogBytes = 2 << 20;

    /// <summary>Most that the pages in use may hold after a transaction; above it, the next group finds
    /// room before it grows the file past the bound.</summary>
    public long FileBytes => MaxBytes - LogBytes - (2 * GroupBytes);

    /// <summary>Most that facts which are never given up may hold, so that there are always others to give up.</summary>
    public long KeptBytes => FileBytes / 2;

    public bool IsOver(long usedBytes) => usedBytes > FileBytes;

    /// <summary>Eviction goes down to 1/32 below the bound, so that it does not run at every append.</summary>
    public bool IsAboveTarget(long usedBytes) => usedBytes > FileBytes - (FileBytes / 32);
}
