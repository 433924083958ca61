using System.Numerics.Tensors;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Mean and second moments of what meets an operation's weights, over all windows and places: enough
/// to say what any change of the weights does to its answers.</summary>
internal sealed unsafe class PatchMoments : IDisposable
{
    /// <summary>Longer patches keep their mean only: the moments of a thousand values take 4 MiB.</summary>
    private const int MaxPatch = 1024;
    private const int RowsAtOnce = 256;

    private readonly IWeighted _operation;
    private readonly int _length;
    private readonly NativeBuffer _rows;
    private readonly NativeBuffer?[] _second;
    private readonly double[][] _sums;
    private long _count;

    public PatchMoments(IWeighted operation)
    {
        _operation = operation;
        _length = operation.Weights.Length / operation.OutputChannels;
        _rows = new NativeBuffer(RowsAtOnce * _length);
        _second = [.. Enumerable.Range(0, operation.Groups).Select(_ => _length <= MaxPatch ? new NativeBuffer(_length * _length) : null)];
        _sums = [.. Enumerable.Range(0, operation.Groups).Select(_ => new double[_length])];
    }

    /// <param name="input">Of the operation, (C, L).</param>
    public void Observe(ReadOnlySpan<float> input)
    {
        for (var group = 0; group < _operation.Groups; group++)
        {
            for (var first = 0; first < _operation.Positions; first += RowsAtOnce)
            {
                var rows = Math.Min(RowsAtOnce, _operation.Positions - first);
                for (var row = 0; row < rows; row++)
                {
                    var patch = _rows.Span.Slice(row * _length, _length);
                    _operation.Patch(input, first + row, group, patch);
                    for (var i = 0; i < patch.Length; i++) _sums[group][i] += patch[i];
                }

                if (_second[group] is { } second) AddProducts(rows, second);
            }
        }

        _count += _operation.Positions;
    }

    /// <summary>Mean patch of a group.</summary>
    public double[] Mean(int group) => [.. _sums[group].Select(sum => sum / Math.Max(1, _count))];

    /// <summary>Mean of patch · patchᵀ, (n, n); null for a patch too long.</summary>
    public double[]? Second(int group)
    {
        if (_second[group] is not { } buffer) return null;
        var result = new double[buffer.Length];
        TensorPrimitives.ConvertTruncating<float, double>(buffer.Span, result);
        TensorPrimitives.Divide(result, Math.Max(1, _count), result);
        return result;
    }

    public void Dispose()
    {
        _rows.Dispose();
        foreach (var buffer in _second) buffer?.Dispose();
    }

    private void AddProducts(int rows, NativeBuffer second) => Gemm.Run(new GemmCall
    {
        M = _length,
        N = _length,
        KOuter = 1,
        K = rows,
        A = _rows.Pointer,
        ARow = 1,
        AK = _length,
        B = _rows.Pointer,
        BK = _length,
        C = second.Pointer,
        CRow = _length,
        Accumulate = true,
    });
}
