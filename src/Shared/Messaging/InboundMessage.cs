namespace Hmas.Messaging;

/// <param name="Payload">A copy of its own; yours to keep.</param>
/// <param name="Retained">It stood on the broker before this subscription.</param>
public readonly record struct InboundMessage(string Topic, ReadOnlyMemory<byte> Payload, bool Retained);
