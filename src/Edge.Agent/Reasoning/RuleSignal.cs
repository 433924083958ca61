namespace Edge.Agent.Reasoning;

/// <summary>A number that conditions compare; computed once per frame however many rules use it.</summary>
/// <param name="Channel">Index of the device's channel; -1 for predictions.</param>
/// <param name="Frames">How many frames it looks back; 1 for the newest.</param>
/// <param name="Label">For people.</param>
/// <param name="Class">Of <see cref="SignalKind.Class"/>: its name.</param>
internal readonly record struct RuleSignal(SignalKind Kind, int Channel, int Frames, string Label, string? Class = null);
