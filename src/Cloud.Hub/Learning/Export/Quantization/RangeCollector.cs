using System.Numerics.Tensors;
using Cloud.Hub.Learning.Export.Operations;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>One pass over calibration windows: smallest and largest value of every tensor, and the mean input of every operation. Memory does not grow with the number of windows.</summary>
internal sealed class RangeCollector
{
    private readonly IReadOnlyList<Operation> _operations;
    private readonly float[][] _tensors;
    private readonly float[][] _sums;

    public RangeCollector(IReadOnlyList<Operation> operations)
    {
        _operations = operations;
        _tensors = [new float[operations[0].Input.Count], .. operations.Select(o => new float[o.Output.Count])];
        _sums = [.. operations.Select(o => new float[o.Input.Count])];
        Min = new float[_tensors.Length];
        Max = new float[_tensors.Length];
    }

    /// <summary>Windows seen.</summary>
    public int Count { get; private set; }

    /// <summary>Of the input (0) and each operation's output (i + 1).</summary>
    public float[] Min { get; }

    public float[] Max { get; }

    /// <summary>Float answer of the last observed window.</summary>
    public ReadOnlySpan<float> LastOutput => _tensors[^1];

    /// <param name="window">(C, L) row-major, as the graph's input.</param>
    /// <exception cref="ArgumentException">Wrong length, or a value that is not finite.</exception>
    public void Observe(ReadOnlySpan<float> window)
    {
        if (window.Length != _tensors[0].Length) throw new ArgumentException($"a calibration window has {window.Length} values, the model takes {_tensors[0].Length}");
        window.CopyTo(_tensors[0]);
        for (var i = 0; i < _tensors.Length; i++)
        {
            if (i > 0)
            {
                var operation = _operations[i - 1];
                if (operation is AddOperation add) _tensors[add.Other].CopyTo(_tensors[i], 0);
                operation.Run(_tensors[operation.From ?? i - 1], _tensors[i]);
            }

            var (low, high) = (TensorPrimitives.Min(_tensors[i]), TensorPrimitives.Max(_tensors[i]));
            if (!float.IsFinite(low) || !float.IsFinite(high)) throw new ArgumentException($"calibration window {Count} makes a value that is not finite at tensor {i}");
            Min[i] = Math.Min(Min[i], low);
            Max[i] = Math.Max(Max[i], high);
        }

        for (var i = 0; i < _operations.Count; i++) TensorPrimitives.Add(_sums[i], _tensors[_operations[i].From ?? i], _sums[i]);
        Count++;
    }

    /// <summary>Mean over the windows of what goes into an operation, (C, L).</summary>
    public float[] MeanInput(int operation)
    {
        var mean = new float[_sums[operation].Length];
        TensorPrimitives.Divide(_sums[operation], Math.Max(1, Count), mean);
        return mean;
    }
}
