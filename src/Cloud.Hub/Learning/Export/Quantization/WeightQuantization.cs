namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Symmetric int8 weights with a scale per output channel; bias int32 with scale float32(input scale ×
/// weight scale) exactly, because the runtime ignores any other.</summary>
/// <param name="Values">Output channels first, −127 to 127.</param>
/// <param name="Scales">(OutputChannels,).</param>
/// <param name="Bias">(OutputChannels,).</param>
/// <param name="BiasScales">(OutputChannels,).</param>
internal sealed record WeightQuantization(sbyte[] Values, float[] Scales, int[] Bias, float[] BiasScales);
