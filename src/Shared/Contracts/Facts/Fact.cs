using System.Buffers.Binary;

namespace Hmas.Contracts.Facts;

/// <summary>One numbered thing a device tells the hub. (Device, epoch, sequence) names it for ever.</summary>
/// <param name="Sequence">1, 2, 3 … within an epoch, without a hole.</param>
/// <param name="Kind">How to read the payload.</param>
/// <param name="TimestampUs">Event time.</param>
/// <param name="Payload">Bytes of the kind's codec: <c>Wire.ExperienceCodec</c>, else UTF-8 JSON of <see cref="ContractsJson"/>.</param>
public readonly record struct Fact(long Sequence, FactKind Kind, long TimestampUs, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Last sequence this fact stands for: its own, or the end of the stretch a tombstone covers. The next fact has this plus 1.</summary>
    public long LastSequence => Kind == FactKind.Evicted && TryReadEvicted(out var count) ? Sequence + count - 1 : Sequence;

    /// <summary>How many sequences a tombstone stands for, at least 1. False when the payload does not say.</summary>
    public bool TryReadEvicted(out int count)
    {
        count = Payload.Length == 4 ? BinaryPrimitives.ReadInt32LittleEndian(Payload.Span) : 0;
        return count >= 1 && Sequence <= long.MaxValue - count;
    }

    /// <summary>A tombstone for <paramref name="count"/> facts from <paramref name="sequence"/> on.</summary>
    public static Fact Tombstone(long sequence, int count, long timestampUs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(payload, count);
        return new Fact(sequence, FactKind.Evicted, timestampUs, payload);
    }
}

/// <summary>Numbers stand on disk and wire: never reused.</summary>
public enum FactKind : byte
{
    Experience = 1,
    Alarm = 2,
    Action = 3,
    SlotReport = 4,
    Evidence = 5,
    RunStarted = 6,
    RunEnded = 7,

    /// <summary>The device gave facts up to keep its byte bound. Payload: little-endian int32, how
    /// many consecutive sequences from this one on.</summary>
    Evicted = 8,
}

/// <summary>A run of facts of one device, as it travels: consecutive sequences, first to last.</summary>
/// <param name="Epoch">Drawn anew when a device's outbox is created; a device that lost its disk starts at sequence 1 of a new epoch.</param>
public sealed record FactBatch(string SiteId, string DeviceId, long Epoch, IReadOnlyList<Fact> Facts)
{
    public long FirstSequence => Facts[0].Sequence;

    public long LastSequence => Facts[^1].LastSequence;
}

/// <summary>Cumulative: every fact of this epoch up to and including the sequence is on the hub's disk.</summary>
public sealed record FactAck(long Epoch, long Sequence);
