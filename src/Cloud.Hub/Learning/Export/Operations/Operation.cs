using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>One step of a trained model ready for export: batch norm folded, transposed convolutions rewritten. Tensors are channel-major here, as ONNX has them.</summary>
/// <param name="Input">Length and channels going in.</param>
/// <param name="Output">Length and channels coming out.</param>
internal abstract record Operation(Shape Input, Shape Output)
{
    /// <summary>Runs one sample, (C, L) row-major. Plain: the quantizer's calibration and the tests' judge.</summary>
    public abstract void Run(ReadOnlySpan<float> input, Span<float> output);
}
