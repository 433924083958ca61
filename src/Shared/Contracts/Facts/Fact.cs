namespace Hmas.Contracts.Facts;

/// <summary>One numbered thing a device tells the hub. (Device, epoch, sequence) names it for ever.</summary>
/// <param name="Sequence">1, 2, 3 … within an epoch, without a hole.</param>
/// <param name="Kind">How to read the payload.</param>
/// <param name="TimestampUs">Event time.</param>
/// <param name="Payload">Bytes of the kind's codec: <c>Wire.ExperienceCodec</c>, else UTF-8 JSON of <see cref="ContractsJson"/>.</param>
public readonly record struct Fact(long Sequence, FactKind Kind, long TimestampUs, ReadOnlyMemory<byte> Payload);

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

    /// <summary>The device gave facts up to keep its byte bound. Payload: little-endian int32, how many consecutive sequences from this one on.</summary>
    Evicted = 8,
}

/// <summary>A run of facts of one device, as it travels: consecutive sequences, first to last.</summary>
/// <param name="Epoch">Drawn anew when a device's outbox is created; a device that lost its disk starts at sequence 1 of a new epoch.</param>
public sealed record FactBatch(string SiteId, string DeviceId, long Epoch, IReadOnlyList<Fact> Facts);

/// <summary>Cumulative: every fact of this epoch up to and including the sequence is on the hub's disk.</summary>
public sealed record FactAck(long Epoch, long Sequence);
