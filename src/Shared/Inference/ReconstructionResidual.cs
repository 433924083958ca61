using System.Numerics;
using System.Runtime.InteropServices;

namespace Hmas.Inference;

/// <summary>Squared error between a model's input and its reconstruction, row by row, weighed by
/// what the device's own healthy windows show.</summary>
/// <remarks>A row that the model reconstructs badly even when healthy must not drown the others; each
/// row counts in units of its own healthy residual.</remarks>
internal sealed class ReconstructionResidual
{
    /// <summary>Smallest scale as a share of the mean scale over rows: a row that is reconstructed perfectly would otherwise decide alone.</summary>
    private const double SmallestShare = 1e-3;

    /// <summary>Smallest scale, in squared normalised units: below it float32 sees no error.</summary>
    private const double SmallestScale = 1e-12;

    private readonly int _rows;
    private readonly int _rowLength;
    private readonly float[] _inverseScale;

    // Of each squared error in the score, shape (R, T): 1 / (scale of its row × values of a row × rows).
    private readonly float[] _weights;

    public ReconstructionResidual(int rows, int rowLength)
    {
        _rows = rows;
        _rowLength = rowLength;
        _inverseScale = new float[rows];
        _weights = new float[rows * rowLength];
    }

    public int Rows => _rows;

    /// <summary>Mean over time of the squared error, shape (R,).</summary>
    /// <param name="input">Shape (R, T).</param>
    /// <param name="output">Shape (R, T).</param>
    public void Compute(ReadOnlySpan<float> input, ReadOnlySpan<float> output, Span<float> residuals)
    {
        for (var row = 0; row < _rows; row++)
        {
            var sum = 0f;
            for (var i = row * _rowLength; i < (row + 1) * _rowLength; i++) sum += (input[i] - output[i]) * (input[i] - output[i]);
            residuals[row] = sum / _rowLength;
        }
    }

    /// <summary>Takes each row's mean over healthy windows as its scale.</summary>
    /// <param name="residuals">Shape (W, R), W ≥ 1; finite.</param>
    public void Fit(ReadOnlySpan<float> residuals)
    {
        var scales = new double[_rows];
        for (var i = 0; i < residuals.Length; i++)
            scales[i % _rows] += residuals[i];
        var windows = residuals.Length / _rows;
        var smallest = Math.Max(SmallestScale, SmallestShare * scales.Average() / windows);
        for (var row = 0; row < _rows; row++)
        {
            var inverse = 1 / Math.Max(scales[row] / windows, smallest);
            _inverseScale[row] = (float)inverse;
            _weights.AsSpan(row * _rowLength, _rowLength).Fill((float)(inverse / _rowLength / _rows));
        }
    }

    /// <summary>Mean over rows of residual divided by scale: about 1 on a healthy window.</summary>
    public float Score(ReadOnlySpan<float> residuals)
    {
        var sum = 0f;
        for (var row = 0; row < _rows; row++) sum += residuals[row] * _inverseScale[row];
        return sum / _rows;
    }

    /// <summary>The same of what <see cref="Compute"/> gives but for rounding, in one pass.</summary>
    /// <param name="input">Shape (R, T).</param>
    /// <param name="output">Shape (R, T).</param>
    public float Score(ReadOnlySpan<float> input, ReadOnlySpan<float> output)
    {
        var whole = MemoryMarshal.Cast<float, Vector<float>>(input);
        var made = MemoryMarshal.Cast<float, Vector<float>>(output)[..whole.Length];
        var weights = MemoryMarshal.Cast<float, Vector<float>>(_weights)[..whole.Length];
        // Two sums: an addition that waits for the one before takes as long as four of them.
        var (even, odd) = (Vector<float>.Zero, Vector<float>.Zero);
        for (var i = 0; i < whole.Length - 1; i += 2)
        {
            var (first, second) = (whole[i] - made[i], whole[i + 1] - made[i + 1]);
            even += first * first * weights[i];
            odd += second * second * weights[i + 1];
        }

        if (whole.Length % 2 == 1) even += (whole[^1] - made[^1]) * (whole[^1] - made[^1]) * weights[^1];
        var sum = Vector.Sum(even + odd);
        for (var i = whole.Length * Vector<float>.Count; i < input.Length; i++) sum += (input[i] - output[i]) * (input[i] - output[i]) * _weights[i];
        return sum;
    }
}
