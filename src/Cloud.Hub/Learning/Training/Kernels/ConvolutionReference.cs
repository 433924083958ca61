namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>The three operations as their definitions read. The judge of <see cref="Convolution"/>,
/// and the way for a dilated kernel with a stride.</summary>
internal static unsafe class ConvolutionReference
{
    public static void Correlate(ConvolutionShape shape, Sequence big, float* weights, float* bias, Sequence small, int from, int to)
    {
        for (var sample = from; sample < to; sample++)
        {
            for (var l = 0; l < shape.SmallLength; l++)
            {
                for (var o = 0; o < shape.SmallChannels; o++)
                {
                    double sum = bias == null ? 0 : bias[o];
                    foreach (var (k, c, weight) in Weights(shape, o))
                    {
                        var i = (l * shape.Stride) - shape.Padding + (k * shape.Dilation);
                        if ((uint)i < (uint)shape.BigLength) sum += (double)big.Sample(sample)[(i * shape.BigChannels) + c] * weights[weight];
                    }

                    small.Sample(sample)[(l * shape.SmallChannels) + o] = (float)sum;
                }
            }
        }
    }

    public static void Spread(ConvolutionShape shape, Sequence small, float* weights, float* bias, Sequence big, int from, int to)
    {
        for (var sample = from; sample < to; sample++)
        {
            var target = big.Sample(sample);
            for (var i = 0; i < big.Shape.Count; i++) target[i] = bias == null ? 0 : bias[i % shape.BigChannels];
            for (var l = 0; l < shape.SmallLength; l++)
            {
                for (var o = 0; o < shape.SmallChannels; o++)
                {
                    var value = small.Sample(sample)[(l * shape.SmallChannels) + o];
                    foreach (var (k, c, weight) in Weights(shape, o))
                    {
                        var i = (l * shape.Stride) - shape.Padding + (k * shape.Dilation);
                        if ((uint)i < (uint)shape.BigLength) target[(i * shape.BigChannels) + c] += value * weights[weight];
                    }
                }
            }
        }
    }

    public static void WeightGradient(ConvolutionShape shape, Sequence big, Sequence small, float* gradient, int from, int to)
    {
        for (var sample = from; sample < to; sample++)
        {
            for (var l = 0; l < shape.SmallLength; l++)
            {
                for (var o = 0; o < shape.SmallChannels; o++)
                {
                    var value = small.Sample(sample)[(l * shape.SmallChannels) + o];
                    foreach (var (k, c, weight) in Weights(shape, o))
                    {
                        var i = (l * shape.Stride) - shape.Padding + (k * shape.Dilation);
                        if ((uint)i < (uint)shape.BigLength) gradient[weight] += value * big.Sample(sample)[(i * shape.BigChannels) + c];
                    }
                }
            }
        }
    }

    /// <summary>Kernel position, big channel and index into V of every weight that touches small channel <paramref name="o"/>.</summary>
    private static IEnumerable<(int K, int C, int Weight)> Weights(ConvolutionShape shape, int o)
    {
        var group = o / shape.SmallPerGroup;
        for (var k = 0; k < shape.Kernel; k++)
        {
            for (var c = 0; c < shape.BigPerGroup; c++)
            {
                yield return (k, (group * shape.BigPerGroup) + c,
                    (((((group * shape.Kernel) + k) * shape.BigPerGroup) + c) * shape.SmallPerGroup) + (o % shape.SmallPerGroup));
            }
        }
    }
}
