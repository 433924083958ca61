using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>Flat to rows or rows to flat; the values keep their (channel-major) order.</summary>
internal sealed record ReshapeOperation(Shape Input, Shape Output) : Operation(Input, Output)
{
    public override void Run(ReadOnlySpan<float> input, Span<float> output) => input.CopyTo(output);
}
