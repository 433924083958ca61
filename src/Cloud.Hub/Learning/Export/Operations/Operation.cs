using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>One step of a trained model ready for export: batch norm folded, transposed convolutions
/// rewritten. Tensors are channel-major here, as ONNX has them.</summary>
/// <param name="Input">Length and channels going in.</param>
/// <param name="Output">Length and channels coming out.</param>
internal abstract record Operation(Shape Input, Shape Output)
{
    /// <summary>Tensor it reads: 0 is the model's input, i + 1 what operation i makes; null: the one before it.</summary>
    public int? From { get; init; }

    /// <summary>Whether the runtime computes it on bytes; what does not stands between float tensors in an int8 graph.</summary>
    public virtual bool RunsInInt8 => true;

    /// <summary>Runs one sample, (C, L) row-major. Plain: the quantizer's calibration and the tests' judge.</summary>
    public abstract void Run(ReadOnlySpan<float> input, Span<float> output);
}
