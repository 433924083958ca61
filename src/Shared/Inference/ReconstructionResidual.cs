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

    // Of each squared error in the score: 1 / (scale of its row × values of a row × rows).
    private readonly float[] _weights;

    // Lanes of the last whole vector of a row that no vector before it holds.
    private readonly Vector<int> _rest;

    public ReconstructionResidual(int rows, int rowLength)
    {
        _rows = rows;
        _rowLength = rowLength;
        _inverseScale = new float[rows];
        _weights = new float[rows];
        var counted = Vector<int>.Count - (rowLength % Vector<float>.Count);
        _rest = Vector.GreaterThanOrEqual(Vector<int>.Indices, new Vector<int>(counted));
    }

    public int Rows => _rows;

    /// <summary>Mean over time of the squared error, shape (R,).</summary>
    /// <param name="input">Shape (R, T).</param>
    /// <param name="output">Shape (R, T).</param>
    public void Compute(ReadOnlySpan<float> input, ReadOnlySpan<float> output, Span<float> residuals)
    {
        for (var row = 0; row < _rows; row++) residuals[row] = Of(input, output, row);
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
            _weights[row] = (float)(inverse / _rowLength / _rows);
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
        var sum = Vector<float>.Zero;
        var few = 0f;
        for (var row = 0; row < _rows; row++)
        {
            var a = input.Slice(row * _rowLength, _rowLength);
            var b = output.Slice(row * _rowLength, _rowLength);
            if (_rowLength < Vector<float>.Count) few += SquaredDistanceOfFew(a, b) * _weights[row];
            else sum += SquaredDistances(a, b) * new Vector<float>(_weights[row]);
        }

        return Vector.Sum(sum) + few;
    }

    private float Of(ReadOnlySpan<float> input, ReadOnlySpan<float> output, int row)
    {
        var a = input.Slice(row * _rowLength, _rowLength);
        var b = output.Slice(row * _rowLength, _rowLength);
        return (_rowLength < Vector<float>.Count ? SquaredDistanceOfFew(a, b) : Vector.Sum(SquaredDistances(a, b))) / _rowLength;
    }

    /// <summary>Lane by lane. In one pass; two of TensorPrimitives, with the differences kept between, took a tenth of what the detector adds
    /// to the model.</summary>
    /// <param name="a">At least a vector; <paramref name="b"/> as long.</param>
    private Vector<float> SquaredDistances(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var first = MemoryMarshal.Cast<float, Vector<float>>(a);
        var second = MemoryMarshal.Cast<float, Vector<float>>(b)[..first.Length];
        var last = a.Length - Vector<float>.Count;
        var rest = new Vector<float>(a[last..]) - new Vector<float>(b[last..]);
        var sum = Vector.ConditionalSelect(_rest, rest * rest, Vector<float>.Zero);
        for (var i = 0; i < first.Length; i++)
        {
            var difference = first[i] - second[i];
            sum += difference * difference;
        }

        return sum;
    }

    private static float SquaredDistanceOfFew(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0f;
        for (var i = 0; i < a.Length; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
        return sum;
    }
}
