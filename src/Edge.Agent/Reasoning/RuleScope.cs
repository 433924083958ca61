using Hmas.Contracts.Sensing;

namespace Edge.Agent.Reasoning;

/// <summary>What a rule may name: the device's channels, its rate, how far its history reaches, and its actuators with the words they know.</summary>
internal sealed record RuleScope(
    IReadOnlyList<SensorChannel> Channels, double RateHz, int HistoryFrames, IReadOnlyDictionary<string, IReadOnlyList<string>> Actuators);
