namespace Cloud.Hub.Memory.Archive;

/// <summary>What one batch adds to the counters of its stream.</summary>
internal record struct StreamCounts
{
    public int Facts;
    public int Experiences;
    public int Repeats;
    public int Gaps;
    public long Evicted;
    public int Malformed;
}
