using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>A transposed convolution on planes as one convolution whose channels are [phase y, phase x, O], woven into rows
/// and columns afterwards: the runtime has no transposed convolution in int8.</summary>
/// <param name="Phases">The stride it replaces.</param>
internal sealed record PlaneSpreadOperation(Shape Input, Shape Output, int Phases) : Operation(Input, Output), IWeighted
{
    /// <summary>(Phases² × O, C, Kernel, Kernel).</summary>
    public required float[] Weights { get; init; }

    /// <summary>(Phases² × O,).</summary>
    public required float[] Bias { get; init; }

    public required int Kernel { get; init; }

    /// <summary>Zeros before rows and columns.</summary>
    public required int PadBefore { get; init; }

    /// <summary>Zeros behind the rows, and behind the columns.</summary>
    public required (int Rows, int Columns) PadBehind { get; init; }

    public int OutputChannels => Phases * Phases * Output.Channels;

    public int KernelSize => Kernel * Kernel;

    /// <summary>Rows and columns before weaving.</summary>
    public int Rows => Input.Height + PadBefore + PadBehind.Rows - Kernel + 1;

    public int Columns => Input.Width + PadBefore + PadBehind.Columns - Kernel + 1;

    public int Groups => 1;

    public int Positions => Rows * Columns;

    public void Patch(ReadOnlySpan<float> input, int position, int group, Span<float> patch)
    {
        for (var i = 0; i < patch.Length; i++)
        {
            var tap = i % KernelSize;
            var (y, x) = ((position / Columns) - PadBefore + (tap / Kernel), (position % Columns) - PadBefore + (tap % Kernel));
            patch[i] = (uint)y < (uint)Input.Height && (uint)x < (uint)Input.Width
                ? input[(i / KernelSize * Input.Length) + (y * Input.Width) + x] : 0f;
        }
    }

    public Operation With(float[] weights, float[] bias) => this with { Weights = weights, Bias = bias };

    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        var patch = new float[Input.Channels * KernelSize];
        for (var position = 0; position < Positions; position++)
        {
            Patch(input, position, 0, patch);
            for (var channel = 0; channel < OutputChannels; channel++)
            {
                var y = (position / Columns * Phases) + (channel / Output.Channels / Phases);
                var x = (position % Columns * Phases) + (channel / Output.Channels % Phases);
                if (y < Output.Height && x < Output.Width)
                    output[(channel % Output.Channels * Output.Length) + (y * Output.Width) + x] = Bias[channel] + TensorPrimitives.Dot<float>(
                        patch, Weights.AsSpan(channel * patch.Length, patch.Length));
            }
        }
    }
}
