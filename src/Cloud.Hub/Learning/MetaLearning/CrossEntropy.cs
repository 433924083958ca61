using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>Mean over the rows of −Σ target · log softmax(outputs); targets are shares of the classes that sum to 1.</summary>
internal sealed class CrossEntropy : ITargetLoss
{
    /// <summary>Keeps the logarithm of a share that single precision rounds to nothing finite.</summary>
    private const float SmallestShare = 1e-30f;

    public double Evaluate(ReadOnlySpan<float> outputs, ReadOnlySpan<float> targets, int width, Span<float> gradient)
    {
        var rows = outputs.Length / width;
        var loss = 0.0;
        for (var at = 0; at < outputs.Length; at += width)
        {
            var shares = gradient.Slice(at, width);
            Shares(outputs.Slice(at, width), shares);
            for (var c = 0; c < width; c++)
            {
                if (targets[at + c] > 0) loss -= targets[at + c] * Math.Log(Math.Max(SmallestShare, shares[c]));
                shares[c] = (shares[c] - targets[at + c]) / rows;
            }
        }

        return loss / rows;
    }

    /// <summary>(diag(p) − p·pᵀ) / rows, row by row.</summary>
    public void Curve(ReadOnlySpan<float> outputs, ReadOnlySpan<float> moved, int width, Span<float> product)
    {
        var rows = outputs.Length / width;
        Span<float> shares = stackalloc float[width];
        for (var at = 0; at < outputs.Length; at += width)
        {
            Shares(outputs.Slice(at, width), shares);
            var mean = TensorPrimitives.Dot<float>(shares, moved.Slice(at, width));
            for (var c = 0; c < width; c++) product[at + c] = shares[c] * (moved[at + c] - mean) / rows;
        }
    }

    /// <summary>softmax, shifted by the largest so that nothing overflows.</summary>
    private static void Shares(ReadOnlySpan<float> outputs, Span<float> shares)
    {
        TensorPrimitives.Subtract(outputs, TensorPrimitives.Max(outputs), shares);
        TensorPrimitives.Exp<float>(shares, shares);
        TensorPrimitives.Divide(shares, TensorPrimitives.Sum<float>(shares), shares);
    }
}
