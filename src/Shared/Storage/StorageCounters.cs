namespace Hmas.Storage;

/// <summary>Counters of one open database; written by the writer and the readers, read by anyone.</summary>
internal sealed class StorageCounters
{
    private long _writes;
    private long _commits;
    private long _failedWrites;
    private long _diskFull;
    private long _ioErrors;
    private long _corruptions;
    private long _quarantinedRecords;
    private volatile bool _isGood = true;

    public long Writes => Interlocked.Read(ref _writes);

    public long Commits => Interlocked.Read(ref _commits);

    public long FailedWrites => Interlocked.Read(ref _failedWrites);

    public long DiskFull => Interlocked.Read(ref _diskFull);

    public long IoErrors => Interlocked.Read(ref _ioErrors);

    public long Corruptions => Interlocked.Read(ref _corruptions);

    public long QuarantinedRecords => Interlocked.Read(ref _quarantinedRecords);

    public bool IsGood => _isGood;

    public void Committed(int writes)
    {
        Interlocked.Increment(ref _commits);
        Interlocked.Add(ref _writes, writes);
        _isGood = true;
    }

    public void WriteFailed() => Interlocked.Increment(ref _failedWrites);

    public void Quarantined(long records) => Interlocked.Add(ref _quarantinedRecords, records);

    public void Met(StorageReason reason)
    {
        switch (reason)
        {
            case StorageReason.DiskFull:
                Interlocked.Increment(ref _diskFull);
                break;
            case StorageReason.Io:
                Interlocked.Increment(ref _ioErrors);
                break;
            case StorageReason.Corrupt:
                Interlocked.Increment(ref _corruptions);
                break;
            default:
                return;
        }

        _isGood = false;
    }
}
