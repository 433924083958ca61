using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>y = W · x + b.</summary>
internal sealed record DenseOperation(Shape Input, Shape Output) : Operation(Input, Output), IWeighted
{
    /// <summary>(O, I).</summary>
    public required float[] Weights { get; init; }

    /// <summary>(O,).</summary>
    public required float[] Bias { get; init; }

    public int OutputChannels => Output.Channels;

    public int KernelSize => 1;

    public int Groups => 1;

    public int Positions => 1;

    public void Patch(ReadOnlySpan<float> input, int position, int group, Span<float> patch) => input.CopyTo(patch);

    public Operation With(float[] weights, float[] bias) => this with { Weights = weights, Bias = bias };

    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        for (var o = 0; o < Output.Channels; o++)
            output[o] = Bias[o] + TensorPrimitives.Dot(input, Weights.AsSpan(o * Input.Channels, Input.Channels));
    }
}
