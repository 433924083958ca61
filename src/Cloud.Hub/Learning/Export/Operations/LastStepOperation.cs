using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>The last time step of each channel, flat.</summary>
internal sealed record LastStepOperation(Shape Input) : Operation(Input, new Shape(1, Input.Channels))
{
    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        for (var c = 0; c < Input.Channels; c++) output[c] = input[(c * Input.Length) + Input.Length - 1];
    }
}
