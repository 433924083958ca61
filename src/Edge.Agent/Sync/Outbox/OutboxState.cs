namespace Edge.Agent.Sync.Outbox;

/// <summary>The outbox's counters, all durable.</summary>
/// <param name="Epoch">Drawn when the store was made, and again when it lost records.</param>
/// <param name="Produced">Last sequence given in this epoch.</param>
/// <param name="Acknowledged">Last sequence the hub holds.</param>
/// <param name="Offered">Sequences up to this may have been sent: they are never evicted, so the hub never holds a fact and its tombstone.</param>
/// <param name="TotalProduced">Over all epochs of this disk; so are the next two.</param>
/// <param name="TotalEvicted">Of the produced ones, those that became tombstones.</param>
/// <param name="UsedBytes">Pages in use.</param>
internal sealed record OutboxState(
    long Epoch, long Produced, long Acknowledged, long Offered, long TotalProduced, long TotalAcknowledged, long TotalEvicted, long UsedBytes)
{
    public long Waiting => Produced - Acknowledged;
}
