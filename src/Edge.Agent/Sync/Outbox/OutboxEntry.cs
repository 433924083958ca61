using Hmas.Contracts.Facts;

namespace Edge.Agent.Sync.Outbox;

/// <summary>A fact that has no number yet: it gets one in the transaction that stores it, so a refused one leaves no hole.</summary>
/// <param name="TimestampUs">Event time.</param>
/// <param name="Value">Of an experience, 0 to 1; 1 for other kinds.</param>
internal readonly record struct OutboxEntry(FactKind Kind, long TimestampUs, ReadOnlyMemory<byte> Payload, float Value = 1);
