using System.Diagnostics.CodeAnalysis;
using Hmas.Contracts.Facts;

namespace Edge.Agent.Sync.Outbox;

/// <summary>The outbox's counters, all durable, and its size.</summary>
internal sealed record OutboxState
{
    /// <summary>Drawn when the store was made, and again when it lost records; 0: not yet drawn.</summary>
    public long Epoch { get; init; }

    /// <summary>Last sequence given in this epoch.</summary>
    public long Produced { get; init; }

    /// <summary>Last sequence the hub holds.</summary>
    public long Acknowledged { get; init; }

    /// <summary>Sequences up to this may have been sent: they are never evicted, so the hub never holds a fact and its tombstone.</summary>
    public long Offered { get; init; }

    /// <summary>Over all epochs of this disk; so are the next two.</summary>
    public long TotalProduced { get; init; }

    public long TotalAcknowledged { get; init; }

    /// <summary>Of the produced ones, those that became tombstones.</summary>
    public long TotalEvicted { get; init; }

    /// <summary>Pages in use.</summary>
    public long UsedBytes { get; init; }

    /// <summary>Pages of the file that wait for the next facts.</summary>
    public long FreeBytes { get; init; }

    public long Waiting => Produced - Acknowledged;

    /// <summary>The acknowledgement says more; of another epoch it says nothing.</summary>
    public bool IsBehind([NotNullWhen(true)] FactAck? ack) => ack is not null && ack.Epoch == Epoch && ack.Sequence > Acknowledged;

    /// <summary>As if what the hub holds had left the disk.</summary>
    public OutboxState Known(FactAck? ack) => IsBehind(ack)
        ? this with
        {
            Acknowledged = ack.Sequence,
            Offered = Math.Max(ack.Sequence, Offered),
            TotalAcknowledged = TotalAcknowledged + ack.Sequence - Acknowledged,
        }
        : this;
}
