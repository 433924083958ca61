using Cloud.Hub.Learning.Export.Operations;

namespace Cloud.Hub.Learning.Export;

/// <summary>Operations and memory for all their tensors: runs one sample at a time in plain float. Not for use from two threads at once.</summary>
internal sealed class OperationRun
{
    private readonly IReadOnlyList<Operation> _operations;
    private readonly float[][] _tensors;

    public OperationRun(IReadOnlyList<Operation> operations)
    {
        _operations = operations;
        _tensors = [new float[operations[0].Input.Count], .. operations.Select(o => new float[o.Output.Count])];
    }

    /// <summary>(C, L); fill before <see cref="Run"/>.</summary>
    public Span<float> Input => _tensors[0];

    public ReadOnlySpan<float> Output => _tensors[^1];

    /// <summary>The input (0) and each operation's output (i + 1), of the last sample.</summary>
    public IReadOnlyList<float[]> Tensors => _tensors;

    /// <summary>What an operation read of the last sample.</summary>
    public float[] InputOf(int operation) => _tensors[_operations[operation].From ?? operation];

    /// <summary>What the last of the operations gives for one sample.</summary>
    public static float[] Of(IReadOnlyList<Operation> operations, ReadOnlySpan<float> input)
    {
        var run = new OperationRun(operations);
        input.CopyTo(run.Input);
        run.Run();
        return run._tensors[^1];
    }

    /// <param name="after">Called with each operation's number and its output, which it may change, as rounding does.</param>
    public void Run(Action<int, float[]>? after = null)
    {
        for (var i = 0; i < _operations.Count; i++)
        {
            var output = _tensors[i + 1];
            if (_operations[i] is AddOperation add) _tensors[add.Other].CopyTo(output, 0);
            _operations[i].Run(InputOf(i), output);
            after?.Invoke(i, output);
        }
    }
}
