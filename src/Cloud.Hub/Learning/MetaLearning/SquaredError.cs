using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>Mean squared error over rows and outputs.</summary>
internal sealed class SquaredError : ITargetLoss
{
    public double Evaluate(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int width, Span<float> gradient)
    {
        TensorPrimitives.Subtract(outputs, targets, gradient);
        var loss = TensorPrimitives.SumOfSquares<float>(gradient) / (double)outputs.Length;
        TensorPrimitives.Multiply(gradient, 2f / outputs.Length, gradient);
        return loss;
    }

    public void Curve(ReadOnlySpan<float> outputs, ReadOnlySpan<float> moved, int width, Span<float> product) =>
        TensorPrimitives.Multiply(moved, 2f / outputs.Length, product);
}
