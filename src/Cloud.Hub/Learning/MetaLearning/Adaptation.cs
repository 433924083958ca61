using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>Plain gradient steps from a start on the few examples of one task. One thread at a time.</summary>
/// <param name="rate">Of each step.</param>
/// <param name="isHeadOnly">Moves the last layer alone.</param>
internal sealed unsafe class Adaptation(DenseChain chain, float rate, bool isHeadOnly) : IDisposable
{
    private readonly NativeBuffer _gradient = new(chain.ParameterCount);

    /// <summary>One step, from and to values of the chain; they may be the same.</summary>
    /// <returns>The loss before the step.</returns>
    public double Step(NativeBuffer from, float* inputs, float* targets, int rows, NativeBuffer to)
    {
        var loss = chain.Gradient(from.Pointer, inputs, targets, rows, _gradient.Pointer);
        if (isHeadOnly) _gradient.Span[..chain.HeadOffset].Clear();
        TensorPrimitives.MultiplyAdd(_gradient.Span, -rate, from.Span, to.Span);
        return loss;
    }

    public void Dispose() => _gradient.Dispose();
}
