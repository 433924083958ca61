using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Hmas.Inference;

/// <summary>Squared error between a model's input and its reconstruction, row by row, weighed by
/// what the device's own healthy windows show.</summary>
/// <remarks>A row that the model reconstructs badly even when healthy must not drown the others; each
/// row counts in units of its own healthy residual.</remarks>
internal sealed class ReconstructionResidual(int rows, int rowLength)
{
    /// <summary>Smallest scale as a share of the mean scale over rows: a row that is reconstructed perfectly would otherwise decide alone.</summary>
    private const double SmallestShare = 1e-3;

    /// <summary>Smallest scale, in squared normalised units: below it float32 sees no error.</summary>
    private const double SmallestScale = 1e-12;

    private readonly float[] _inverseScale = new float[rows];

    public int Rows => rows;

    /// <summary>Mean over time of the squared error, shape (R,).</summary>
    /// <param name="input">Shape (R, T).</param>
    /// <param name="output">Shape (R, T).</param>
    public void Compute(ReadOnlySpan<float> input, ReadOnlySpan<float> output, Span<float> residuals)
    {
        for (var row = 0; row < rows; row++)
        {
            residuals[row] = SquaredDistance(input.Slice(row * rowLength, rowLength), output.Slice(row * rowLength, rowLength)) / rowLength;
        }
    }

    // In one pass; two of TensorPrimitives, with the differences kept between, took a tenth of what the detector adds to the model.
    private static float SquaredDistance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var first = MemoryMarshal.Cast<float, Vector<float>>(a);
        var second = MemoryMarshal.Cast<float, Vector<float>>(b)[..first.Length];
        var (even, odd) = (Vector<float>.Zero, Vector<float>.Zero);
        var i = 0;
        for (; i + 1 < first.Length; i += 2)
        {
            var (one, two) = (first[i] - second[i], first[i + 1] - second[i + 1]);
            even += one * one;
            odd += two * two;
        }

        if (i < first.Length) even += (first[i] - second[i]) * (first[i] - second[i]);
        var sum = Vector.Sum(even + odd);
        for (var rest = first.Length * Vector<float>.Count; rest < a.Length; rest++) sum += (a[rest] - b[rest]) * (a[rest] - b[rest]);
        return sum;
    }

    /// <summary>Takes each row's mean over healthy windows as its scale.</summary>
    /// <param name="residuals">Shape (W, R), W ≥ 1; finite.</param>
    public void Fit(ReadOnlySpan<float> residuals)
    {
        var scales = new double[rows];
        for (var i = 0; i < residuals.Length; i++)
            scales[i % rows] += residuals[i];
        var windows = residuals.Length / rows;
        var smallest = Math.Max(SmallestScale, SmallestShare * scales.Average() / windows);
        for (var row = 0; row < rows; row++)
            _inverseScale[row] = (float)(1 / Math.Max(scales[row] / windows, smallest));
    }

    /// <summary>Mean over rows of residual divided by scale: about 1 on a healthy window.</summary>
    public float Score(ReadOnlySpan<float> residuals) => TensorPrimitives.Dot(residuals, _inverseScale) / rows;
}
