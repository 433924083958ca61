namespace Hmas.Inference.HeadTuning;

/// <summary>What tuning a head gave.</summary>
/// <param name="Delta">(O, I) weights, then (O,) bias: tuned minus sent, bounded and with noise.</param>
/// <param name="Steps">Gradient steps done.</param>
/// <param name="IsCut">The budget ended it.</param>
/// <param name="IsClipped">Its norm was larger than allowed.</param>
public sealed record HeadTuningResult(float[] Delta, int Steps, bool IsCut, bool IsClipped);
