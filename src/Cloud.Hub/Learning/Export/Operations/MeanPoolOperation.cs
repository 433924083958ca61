using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>The mean of each window.</summary>
internal sealed record MeanPoolOperation(Shape Input, PoolShape Geometry) : Operation(Input, Geometry.Output)
{
    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        for (var i = 0; i < output.Length; i++)
        {
            var plane = input.Slice(i / Output.Length * Input.Length, Input.Length);
            var first = Geometry.FirstOf(i % Output.Length);
            var sum = 0f;
            for (var tap = 0; tap < Geometry.Taps; tap++) sum += plane[first + Geometry.TapOffset(tap)];
            output[i] = sum / Geometry.Taps;
        }
    }
}
