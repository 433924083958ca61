using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>Each time step normalised over its channels, scaled and shifted.</summary>
internal sealed record LayerNormOperation(Shape Input) : Operation(Input, Input)
{
    /// <summary>(C,).</summary>
    public required float[] Scale { get; init; }

    /// <summary>(C,).</summary>
    public required float[] Shift { get; init; }

    public override bool RunsInInt8 => false;

    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        var row = new float[Input.Channels];
        for (var t = 0; t < Input.Length; t++)
        {
            for (var c = 0; c < row.Length; c++) row[c] = input[(c * Input.Length) + t];
            LayerNorm.Normalise(row, row);
            for (var c = 0; c < row.Length; c++) output[(c * Input.Length) + t] = (row[c] * Scale[c]) + Shift[c];
        }
    }
}
