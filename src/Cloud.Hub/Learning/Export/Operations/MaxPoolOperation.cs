using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>The largest value of each window.</summary>
internal sealed record MaxPoolOperation(Shape Input, PoolShape Geometry) : Operation(Input, Geometry.Output)
{
    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        for (var i = 0; i < output.Length; i++)
        {
            var plane = input.Slice(i / Output.Length * Input.Length, Input.Length);
            var first = Geometry.FirstOf(i % Output.Length);
            output[i] = plane[first];
            for (var tap = 1; tap < Geometry.Taps; tap++) output[i] = MathF.Max(output[i], plane[first + Geometry.TapOffset(tap)]);
        }
    }
}
