namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>A layer of products: what quantization rounds.</summary>
internal interface IWeightedLayer
{
    /// <summary>Output channels first, ONNX's order; setting copies.</summary>
    float[] Weights { get; set; }

    /// <summary>(O,).</summary>
    Span<float> Bias { get; }
}
