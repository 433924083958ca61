namespace Edge.Agent.Hosting;

/// <summary>Counts what the disk did not take and the agent can live without: lines of the decision
/// log, totals, the number of a connect. Any thread.</summary>
internal sealed class LostWrites
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Add(long count = 1) => Interlocked.Add(ref _count, count);
}
