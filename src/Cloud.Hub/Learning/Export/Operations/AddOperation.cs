using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>The sum of two tensors: what a residual layer ends with.</summary>
/// <param name="Other">Second tensor: 0 is the input, i + 1 what operation i makes.</param>
internal sealed record AddOperation(Shape Input, int Other) : Operation(Input, Input)
{
    /// <summary>Adds to what the output holds: the other tensor.</summary>
    public override void Run(ReadOnlySpan<float> input, Span<float> output) => TensorPrimitives.Add(input, output, output);
}
