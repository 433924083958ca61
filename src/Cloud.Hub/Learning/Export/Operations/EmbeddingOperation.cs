using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>Each whole number's row of a table.</summary>
internal sealed record EmbeddingOperation(Shape Input, Shape Output) : Operation(Input, Output)
{
    /// <summary>(numbers, channels).</summary>
    public required float[] Table { get; init; }

    public override bool RunsInInt8 => false;

    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        for (var t = 0; t < Input.Length; t++)
        {
            for (var c = 0; c < Output.Channels; c++) output[(c * Output.Length) + t] = Table[((int)input[t] * Output.Channels) + c];
        }
    }
}
