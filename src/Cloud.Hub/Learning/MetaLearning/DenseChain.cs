using System.Numerics;
using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>Loss of a chain of dense ReLU layers, its gradient, and products of its Hessian with a vector: what
/// meta-learning of second order needs, for values that change with every task.</summary>
/// <remarks>Values: per layer weights (inputs, outputs), then bias (outputs), as <see cref="Network"/> has them. One pass at a time;
/// <see cref="Curvature"/> belongs to the last <see cref="Gradient"/>. Products of the Hessian: Pearlmutter 1994.</remarks>
internal sealed unsafe class DenseChain : IDisposable
{
    private readonly int[] _sizes;
    private readonly ITargetLoss _loss;
    private readonly int[] _offsets;
    private readonly NativeBuffer[] _activations;
    private readonly NativeBuffer[] _deltas;
    private readonly NativeBuffer[] _movedActivations;
    private readonly NativeBuffer[] _movedDeltas;
    private readonly NativeBuffer[] _turned;
    private readonly NativeBuffer _turnedDirection;
    private float* _values;
    private int _rows;

    /// <param name="sizes">Inputs, hidden sizes, outputs.</param>
    /// <param name="maxRows">Largest batch.</param>
    public DenseChain(IReadOnlyList<int> sizes, ITargetLoss loss, int maxRows)
    {
        (_sizes, _loss) = ([.. sizes], loss);
        _offsets = new int[Layers + 1];
        for (var l = 0; l < Layers; l++) _offsets[l + 1] = _offsets[l] + ((_sizes[l] + 1) * _sizes[l + 1]);
        _activations = Buffers(maxRows);
        _deltas = Buffers(maxRows);
        _movedActivations = Buffers(maxRows);
        _movedDeltas = Buffers(maxRows);
        _turned = [.. Enumerable.Range(0, Layers).Select(l => new NativeBuffer(_sizes[l] * _sizes[l + 1]))];
        _turnedDirection = new NativeBuffer(_turned.Max(b => b.Length));
    }

    public int Layers => _sizes.Length - 1;

    public int ParameterCount => _offsets[^1];

    /// <summary>First value of the last layer, the head.</summary>
    public int HeadOffset => _offsets[^2];

    /// <summary>First values: uniform ±1/√inputs, as PyTorch starts dense layers.</summary>
    public void Initialise(Span<float> values, SeededRandom random)
    {
        for (var l = 0; l < Layers; l++)
        {
            var bound = 1f / MathF.Sqrt(_sizes[l]);
            foreach (ref var value in values[_offsets[l].._offsets[l + 1]]) value = ((2 * random.NextSingle()) - 1) * bound;
        }
    }

    /// <summary>The loss of the rows.</summary>
    /// <param name="x">(rows, inputs).</param>
    /// <param name="target">(rows, outputs).</param>
    public double Loss(float* values, float* x, float* target, int rows)
    {
        Forward(values, x, rows);
        var count = rows * _sizes[^1];
        return _loss.Evaluate(Outputs, new ReadOnlySpan<float>(target, count), _sizes[^1], new Span<float>(_deltas[Layers].Pointer, count));
    }

    /// <summary>Outputs of the last pass, (rows, outputs).</summary>
    public ReadOnlySpan<float> Outputs => _activations[Layers].Span[..(_rows * _sizes[^1])];

    /// <summary>The loss, and its gradient into <paramref name="gradient"/> (ParameterCount).</summary>
    public double Gradient(float* values, float* x, float* target, int rows, float* gradient)
    {
        var loss = Loss(values, x, target, rows);
        for (var l = Layers - 1; l >= 0; l--)
        {
            var (inputs, width) = (_sizes[l], _sizes[l + 1]);
            var delta = _deltas[l + 1].Pointer;
            Outer(_activations[l].Pointer, delta, inputs, width, gradient + _offsets[l], accumulate: false);
            SumRows(delta, width, gradient + _offsets[l] + (inputs * width));
            if (l == 0) break;
            Transposition.Run(values + _offsets[l], inputs, width, _turned[l].Pointer, inputs);
            Product(delta, _turned[l].Pointer, width, inputs, _deltas[l].Pointer, null, accumulate: false);
            Gate(_activations[l].Pointer, _deltas[l].Pointer, rows * inputs);
        }

        return loss;
    }

    /// <summary>product = Hessian of the last gradient's loss × direction. ReLU has no curvature of its own: its gate stays where it was.</summary>
    public void Curvature(float* direction, float* product)
    {
        for (var l = 0; l < Layers; l++)
        {
            var (inputs, width) = (_sizes[l], _sizes[l + 1]);
            var moved = _movedActivations[l + 1].Pointer;
            Product(_activations[l].Pointer, direction + _offsets[l], inputs, width, moved, direction + _offsets[l] + (inputs * width),
                accumulate: false);
            if (l > 0) Product(_movedActivations[l].Pointer, _values + _offsets[l], inputs, width, moved, null, accumulate: true);
            if (l < Layers - 1) Gate(_activations[l + 1].Pointer, moved, _rows * width);
        }

        var count = _rows * _sizes[^1];
        _loss.Curve(
            Outputs, new ReadOnlySpan<float>(_movedActivations[Layers].Pointer, count), _sizes[^1],
            new Span<float>(_movedDeltas[Layers].Pointer, count));
        for (var l = Layers - 1; l >= 0; l--)
        {
            var (inputs, width) = (_sizes[l], _sizes[l + 1]);
            var delta = _movedDeltas[l + 1].Pointer;
            Outer(_activations[l].Pointer, delta, inputs, width, product + _offsets[l], accumulate: false);
            SumRows(delta, width, product + _offsets[l] + (inputs * width));
            if (l == 0) break;
            Outer(_movedActivations[l].Pointer, _deltas[l + 1].Pointer, inputs, width, product + _offsets[l], accumulate: true);
            Transposition.Run(direction + _offsets[l], inputs, width, _turnedDirection.Pointer, inputs);
            Product(delta, _turned[l].Pointer, width, inputs, _movedDeltas[l].Pointer, null, accumulate: false);
            Product(_deltas[l + 1].Pointer, _turnedDirection.Pointer, width, inputs, _movedDeltas[l].Pointer, null, accumulate: true);
            Gate(_activations[l].Pointer, _movedDeltas[l].Pointer, _rows * inputs);
        }
    }

    public void Dispose()
    {
        foreach (var buffer in _activations.Concat(_deltas).Concat(_movedActivations).Concat(_movedDeltas).Concat(_turned)) buffer.Dispose();
        _turnedDirection.Dispose();
    }

    private NativeBuffer[] Buffers(int rows) => [.. _sizes.Select(size => new NativeBuffer(rows * size))];

    private void Forward(float* values, float* x, int rows)
    {
        _values = values;
        _rows = rows;
        new ReadOnlySpan<float>(x, rows * _sizes[0]).CopyTo(_activations[0].Span);
        for (var l = 0; l < Layers; l++)
        {
            var (inputs, width) = (_sizes[l], _sizes[l + 1]);
            Product(_activations[l].Pointer, values + _offsets[l], inputs, width, _activations[l + 1].Pointer,
                values + _offsets[l] + (inputs * width), accumulate: false);
            var output = _activations[l + 1].Span[..(rows * width)];
            if (l < Layers - 1) TensorPrimitives.Max(output, 0f, output);
        }
    }

    /// <summary>c (rows, width) = [c +] a (rows, depth) · b (depth, width) [+ bias].</summary>
    private void Product(float* a, float* b, int depth, int width, float* c, float* bias, bool accumulate) => Gemm.Run(new GemmCall
    {
        M = _rows, N = width, K = depth, KOuter = 1, A = a, ARow = depth, AK = 1, B = b, BK = width, C = c, CRow = width, Bias = bias,
        Accumulate = accumulate,
    });

    /// <summary>c (inputs, width) = [c +] aᵀ · delta over the rows.</summary>
    private void Outer(float* a, float* delta, int inputs, int width, float* c, bool accumulate) => Gemm.Run(new GemmCall
    {
        M = inputs, N = width, K = _rows, KOuter = 1, A = a, ARow = 1, AK = inputs, B = delta, BK = width, C = c, CRow = width,
        Accumulate = accumulate,
    });

    private void SumRows(float* delta, int width, float* sum)
    {
        var one = 1f;
        Gemm.Run(new GemmCall { M = 1, N = width, K = _rows, KOuter = 1, A = &one, B = delta, BK = width, C = sum, CRow = width });
    }

    /// <summary>Zeroes what belongs to a ReLU that is shut.</summary>
    private static void Gate(float* activation, float* values, int count)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
            Vector.ConditionalSelect(Vector.GreaterThan(Vector.Load(activation + i), Vector<float>.Zero), Vector.Load(values + i), Vector<float>.Zero)
                .Store(values + i);
        for (; i < count; i++)
        {
            if (activation[i] <= 0) values[i] = 0;
        }
    }
}
