namespace Cloud.Hub.Learning.Contract;

/// <summary>What quantization did to one layer with weights.</summary>
/// <param name="Operation">Position and kind.</param>
/// <param name="WeightSqnrDb">Signal to quantization noise of its weights.</param>
/// <param name="ActivationSqnrDb">The same of what comes out, with everything before it rounded too.</param>
/// <param name="SaturatedShare">Share of what comes out that lies beyond its range, 0 to 1.</param>
/// <param name="MedianUs">Median time of one execution on the hub's machine.</param>
public sealed record QuantizedLayerView(string Operation, double WeightSqnrDb, double ActivationSqnrDb, double SaturatedShare, double MedianUs);
