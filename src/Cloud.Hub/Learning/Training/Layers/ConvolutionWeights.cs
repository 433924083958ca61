using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Between the engine's weight order (Groups, K, Big, Small) and the one of PyTorch and ONNX (Small,
/// Big per group, K); of a plane K is all taps, row by row.</summary>
internal static class ConvolutionWeights
{
    public static float[] ToOutputFirst(ConvolutionShape shape, ReadOnlySpan<float> weights) =>
        ToOutputFirst(weights, shape.Kernel, shape.BigPerGroup, shape.SmallPerGroup);

    public static float[] ToOutputFirst(PlaneShape shape, ReadOnlySpan<float> weights) =>
        ToOutputFirst(weights, shape.Kernel * shape.Kernel, shape.ChannelsPerGroup, shape.OutputsPerGroup);

    /// <exception cref="ArgumentException">Wrong count.</exception>
    public static void FromOutputFirst(ConvolutionShape shape, ReadOnlySpan<float> source, Span<float> weights) =>
        FromOutputFirst(source, weights, shape.Kernel, shape.BigPerGroup, shape.SmallPerGroup);

    /// <exception cref="ArgumentException">Wrong count.</exception>
    public static void FromOutputFirst(PlaneShape shape, ReadOnlySpan<float> source, Span<float> weights) =>
        FromOutputFirst(source, weights, shape.Kernel * shape.Kernel, shape.ChannelsPerGroup, shape.OutputsPerGroup);

    private static float[] ToOutputFirst(ReadOnlySpan<float> weights, int taps, int big, int small)
    {
        var result = new float[weights.Length];
        for (var i = 0; i < result.Length; i++) result[OutputFirst(i, taps, big, small)] = weights[i];
        return result;
    }

    private static void FromOutputFirst(ReadOnlySpan<float> source, Span<float> weights, int taps, int big, int small)
    {
        if (source.Length != weights.Length) throw new ArgumentException($"{source.Length} weights given, the convolution has {weights.Length}");
        for (var i = 0; i < source.Length; i++) weights[i] = source[OutputFirst(i, taps, big, small)];
    }

    private static int OutputFirst(int index, int taps, int big, int small)
    {
        var o = index % small;
        var c = index / small % big;
        var tap = index / (small * big) % taps;
        var group = index / (small * big * taps);
        return (((((group * small) + o) * big) + c) * taps) + tap;
    }
}
