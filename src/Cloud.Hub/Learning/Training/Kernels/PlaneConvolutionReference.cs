namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>The three operations of a 2-D convolution as their definitions read. The judge of <see cref="PlaneConvolution"/>.</summary>
internal static unsafe class PlaneConvolutionReference
{
    private delegate void Meeting(int input, int output, int weight);

    public static void Forward(PlaneShape shape, float* input, float* weights, float* bias, float* output)
    {
        for (var i = 0; i < shape.OutputHeight * shape.OutputWidth * shape.Outputs; i++) output[i] = bias[i % shape.Outputs];
        Each(shape, (i, o, w) => output[o] += input[i] * weights[w]);
    }

    public static void Backward(PlaneShape shape, float* outputGradient, float* weights, float* inputGradient)
    {
        new Span<float>(inputGradient, shape.Height * shape.Width * shape.Channels).Clear();
        Each(shape, (i, o, w) => inputGradient[i] += outputGradient[o] * weights[w]);
    }

    public static void WeightGradient(PlaneShape shape, float* input, float* outputGradient, float* gradient) =>
        Each(shape, (i, o, w) => gradient[w] += input[i] * outputGradient[o]);

    /// <summary>Every input value that meets an output value, and the weight between them.</summary>
    private static void Each(PlaneShape shape, Meeting meet)
    {
        for (var y = 0; y < shape.OutputHeight; y++)
        {
            for (var x = 0; x < shape.OutputWidth; x++)
            {
                for (var o = 0; o < shape.Outputs; o++)
                {
                    for (var tap = 0; tap < shape.Kernel * shape.Kernel; tap++)
                    {
                        var (iy, ix) = (
                            (y * shape.Stride) - shape.Padding + (tap / shape.Kernel * shape.Dilation),
                            (x * shape.Stride) - shape.Padding + (tap % shape.Kernel * shape.Dilation));
                        if ((uint)iy >= (uint)shape.Height || (uint)ix >= (uint)shape.Width) continue;
                        var group = o / shape.OutputsPerGroup;
                        for (var c = 0; c < shape.ChannelsPerGroup; c++)
                        {
                            meet((((iy * shape.Width) + ix) * shape.Channels) + (group * shape.ChannelsPerGroup) + c,
                                (((y * shape.OutputWidth) + x) * shape.Outputs) + o,
                                (((((group * shape.Kernel * shape.Kernel) + tap) * shape.ChannelsPerGroup) + c) * shape.OutputsPerGroup)
                                + (o % shape.OutputsPerGroup));
                        }
                    }
                }
            }
        }
    }
}
