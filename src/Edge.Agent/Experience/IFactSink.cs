using Hmas.Contracts.Facts;

namespace Edge.Agent.Experience;

/// <summary>Where facts go to be numbered, stored and sent.</summary>
internal interface IFactSink
{
    /// <summary>Never waits; any thread. False when refused, which the sink counts.</summary>
    /// <param name="timestampUs">Event time.</param>
    /// <param name="value">Of an experience, 0 to 1; 1 for other kinds.</param>
    bool TryAdd(FactKind kind, long timestampUs, ReadOnlyMemory<byte> payload, float value = 1);
}
