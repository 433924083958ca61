using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Between the engine's weight order (Groups, K, Big, Small) and the one of PyTorch and ONNX (Small, Big per group, K).</summary>
internal static class ConvolutionWeights
{
    public static float[] ToOutputFirst(ConvolutionShape shape, ReadOnlySpan<float> weights)
    {
        var result = new float[shape.WeightCount];
        for (var i = 0; i < result.Length; i++) result[OutputFirst(shape, i)] = weights[i];
        return result;
    }

    /// <exception cref="ArgumentException">Wrong count.</exception>
    public static void FromOutputFirst(ConvolutionShape shape, ReadOnlySpan<float> source, Span<float> weights)
    {
        if (source.Length != shape.WeightCount) throw new ArgumentException($"{source.Length} weights given, the convolution has {shape.WeightCount}");
        for (var i = 0; i < source.Length; i++) weights[i] = source[OutputFirst(shape, i)];
    }

    private static int OutputFirst(ConvolutionShape shape, int index)
    {
        var o = index % shape.SmallPerGroup;
        var c = index / shape.SmallPerGroup % shape.BigPerGroup;
        var k = index / (shape.SmallPerGroup * shape.BigPerGroup) % shape.Kernel;
        var group = index / (shape.SmallPerGroup * shape.BigPerGroup * shape.Kernel);
        return (((((group * shape.SmallPerGroup) + o) * shape.BigPerGroup) + c) * shape.Kernel) + k;
    }
}
