using System.Buffers.Binary;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Memory.Domain;

/// <summary>Where a device's epoch stands: the last sequence of which everything up to it is known.</summary>
/// <param name="Sequence">0 before the first fact.</param>
internal record struct FactCursor(long Sequence)
{
    /// <summary>Says what becomes of a fact and moves on when it is the next one.</summary>
    /// <param name="evicted">Sequences that a tombstone says are gone and that were not known before, else 0.</param>
    public FactVerdict Take(in Fact fact, out long evicted)
    {
        evicted = 0;
        if (fact.Sequence > Sequence + 1) return FactVerdict.Gap;
        if (fact.Kind == FactKind.Evicted && TryReadCount(fact.Payload.Span, out var count))
        {
            // A device that missed an acknowledgement may give up a stretch of which we have the beginning.
            var end = fact.Sequence > long.MaxValue - count ? long.MaxValue : fact.Sequence + count - 1;
            if (fact.Sequence < 1 || end <= Sequence) return FactVerdict.Repeat;
            evicted = end - Sequence;
            Sequence = end;
            return FactVerdict.Tombstone;
        }

        if (fact.Sequence <= Sequence) return FactVerdict.Repeat;
        Sequence = fact.Sequence;
        return FactVerdict.New;
    }

    private static bool TryReadCount(ReadOnlySpan<byte> payload, out int count)
    {
        count = payload.Length == sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(payload) : 0;
        return count > 0;
    }
}
