using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>An element-wise function.</summary>
internal sealed record ActivationOperation(Shape Input, ActivationKind Function) : Operation(Input, Input)
{
    public override void Run(ReadOnlySpan<float> input, Span<float> output) => Activation.Apply(Function, input, output);
}
