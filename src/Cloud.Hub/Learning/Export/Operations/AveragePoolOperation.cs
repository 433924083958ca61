using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>The mean of each channel over time, then flat.</summary>
internal sealed record AveragePoolOperation(Shape Input) : Operation(Input, new Shape(1, Input.Channels))
{
    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        for (var c = 0; c < Input.Channels; c++) output[c] = TensorPrimitives.Sum(input.Slice(c * Input.Length, Input.Length)) / Input.Length;
    }
}
