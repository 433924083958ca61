using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>A 2-D convolution with a square kernel.</summary>
internal sealed record PlaneConvolutionOperation(Shape Input, Shape Output, PlaneShape Geometry) : Operation(Input, Output), IWeighted
{
    /// <summary>(O, C / Groups, K, K).</summary>
    public required float[] Weights { get; init; }

    /// <summary>(O,).</summary>
    public required float[] Bias { get; init; }

    public int OutputChannels => Output.Channels;

    public int KernelSize => Geometry.Kernel * Geometry.Kernel;

    public int Groups => Geometry.Groups;

    public int Positions => Output.Length;

    public void Patch(ReadOnlySpan<float> input, int position, int group, Span<float> patch)
    {
        var g = Geometry;
        for (var i = 0; i < patch.Length; i++)
        {
            var tap = i % KernelSize;
            var y = (position / g.OutputWidth * g.Stride) + (tap / g.Kernel * g.Dilation) - g.Padding;
            var x = (position % g.OutputWidth * g.Stride) + (tap % g.Kernel * g.Dilation) - g.Padding;
            var inside = (uint)y < (uint)g.Height && (uint)x < (uint)g.Width;
            patch[i] = inside ? input[(((group * g.ChannelsPerGroup) + (i / KernelSize)) * Input.Length) + (y * g.Width) + x] : 0f;
        }
    }

    public Operation With(float[] weights, float[] bias) => this with { Weights = weights, Bias = bias };

    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        var g = Geometry;
        for (var o = 0; o < g.Outputs; o++)
        {
            var firstInput = o / g.OutputsPerGroup * g.ChannelsPerGroup;
            var target = output.Slice(o * Output.Length, Output.Length);
            target.Fill(Bias[o]);
            for (var c = 0; c < g.ChannelsPerGroup; c++)
            {
                var plane = input.Slice((firstInput + c) * Input.Length, Input.Length);
                for (var tap = 0; tap < KernelSize; tap++)
                {
                    var weight = Weights[(((o * g.ChannelsPerGroup) + c) * KernelSize) + tap];
                    Add(plane, (tap / g.Kernel * g.Dilation) - g.Padding, (tap % g.Kernel * g.Dilation) - g.Padding, weight, target);
                }
            }
        }
    }

    /// <summary>target[y, x] += weight × plane[y·stride + dy, x·stride + dx] where that lies inside.</summary>
    private void Add(ReadOnlySpan<float> plane, int dy, int dx, float weight, Span<float> target)
    {
        var g = Geometry;
        for (var y = 0; y < g.OutputHeight; y++)
        {
            var row = (y * g.Stride) + dy;
            if ((uint)row >= (uint)g.Height) continue;
            for (var x = 0; x < g.OutputWidth; x++)
            {
                var column = (x * g.Stride) + dx;
                if ((uint)column < (uint)g.Width) target[(y * g.OutputWidth) + x] += weight * plane[(row * g.Width) + column];
            }
        }
    }
}
