using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Scaled dot-product attention of a sequence to itself (Vaswani et al. 2017): each head mixes the rows' values
/// by softmax(q·k / √d), one product joins the heads. (L, C) to (L, C).</summary>
/// <param name="heads">Must divide the channels.</param>
/// <remarks>Keeps what Backward needs of the lane's last Forward. Sees the whole window, no mask and no positions of its own.</remarks>
internal sealed unsafe class SelfAttention(int heads) : Layer
{
    private readonly AttentionMemory?[] _memory = new AttentionMemory?[Network.MaxLanes];
    private Parameter _inWeight = null!;
    private Parameter _inBias = null!;
    private Parameter _outWeight = null!;
    private Parameter _outBias = null!;

    public override string Kind => "self-attention";

    public int Heads => heads;

    /// <summary>In PyTorch's order.</summary>
    public override IReadOnlyList<Parameter> Parameters => [_inWeight, _inBias, _outWeight, _outBias];

    /// <summary>Queries, keys, values as (3C, C): PyTorch's order; setting copies.</summary>
    public float[] InWeights
    {
        get => Transposition.Of(_inWeight.Span, 3 * Input.Channels);
        set => Transposition.Of(value, Input.Channels).CopyTo(_inWeight.Span);
    }

    /// <summary>(C, C), output first; setting copies.</summary>
    public float[] OutWeights
    {
        get => Transposition.Of(_outWeight.Span, Input.Channels);
        set => Transposition.Of(value, Input.Channels).CopyTo(_outWeight.Span);
    }

    /// <summary>(3C,).</summary>
    public Span<float> InBias => _inBias.Span;

    /// <summary>(C,).</summary>
    public Span<float> OutBias => _outBias.Span;

    private int HeadChannels => Input.Channels / heads;

    public override void Initialise(SeededRandom random)
    {
        foreach (var parameter in Parameters) FillUniform(parameter, Input.Channels, random);
    }

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        var (length, channels) = (Input.Length, Input.Channels);
        var memory = AttentionMemory.For(ref _memory[lane.Index], lane.To - lane.From, Input, heads);
        for (var s = 0; s < lane.To - lane.From; s++)
        {
            Multiply(input.Sample(lane.From + s), channels, _inWeight.Values, 3 * channels, _inBias.Values, memory.Projected(s));
            for (var head = 0; head < heads; head++)
            {
                for (var i = 0; i < length; i++)
                {
                    var share = memory.Shares(s, head, i);
                    for (var j = 0; j < length; j++)
                        share[j] = TensorPrimitives.Dot<float>(memory.Query(s, head, i), memory.Key(s, head, j)) / MathF.Sqrt(HeadChannels);
                    // Largest first: the library's softmax overflows beyond e^88.
                    TensorPrimitives.Subtract(share, TensorPrimitives.Max<float>(share), share);
                    TensorPrimitives.SoftMax<float>(share, share);
                    var mixed = memory.Mixed(s, head, i);
                    mixed.Clear();
                    for (var j = 0; j < length; j++) TensorPrimitives.MultiplyAdd(memory.Value(s, head, j), share[j], mixed, mixed);
                }
            }

            Multiply(memory.AllMixed(s), channels, _outWeight.Values, channels, _outBias.Values, output.Sample(lane.From + s));
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        var (length, channels) = (Input.Length, Input.Channels);
        var memory = _memory[lane.Index]!;
        using var turnedOut = new NativeBuffer(channels * channels);
        using var turnedIn = new NativeBuffer(3 * channels * channels);
        Transposition.Run(_outWeight.Values, channels, channels, turnedOut.Pointer, channels);
        Transposition.Run(_inWeight.Values, channels, 3 * channels, turnedIn.Pointer, channels);
        for (var s = 0; s < lane.To - lane.From; s++)
        {
            var gradient = outputGradient.Sample(lane.From + s);
            Learn(memory.AllMixed(s), channels, gradient, channels, lane.Gradients + _outWeight.Offset);
            Convolution.SumRows(gradient, length, channels, lane.Gradients + _outBias.Offset);
            // What went into the last product; the mixed rows are not needed any more.
            Multiply(gradient, channels, turnedOut.Pointer, channels, null, memory.AllMixed(s));
            memory.ProjectedGradientSpan.Clear();
            for (var head = 0; head < heads; head++)
            {
                for (var i = 0; i < length; i++) Unmix(memory, s, head, i);
            }

            Learn(input.Sample(lane.From + s), channels, memory.ProjectedGradient, 3 * channels, lane.Gradients + _inWeight.Offset);
            Convolution.SumRows(memory.ProjectedGradient, length, 3 * channels, lane.Gradients + _inBias.Offset);
            if (inputGradient is not null)
                Multiply(memory.ProjectedGradient, 3 * channels, turnedIn.Pointer, channels, null, inputGradient.Sample(lane.From + s));
        }
    }

    protected override Shape OnBind(Shape input)
    {
        if (input.Width != 1) throw new ArgumentException($"layer {Position} (self-attention) cannot read a plane {input}");
        if (heads < 1 || input.Channels % heads != 0)
            throw new ArgumentException($"layer {Position} (self-attention): {heads} heads do not divide {input.Channels} channels");
        var channels = input.Channels;
        _inWeight = new Parameter("in-weight", 3 * channels * channels);
        _inBias = new Parameter("in-bias", 3 * channels);
        _outWeight = new Parameter("out-weight", channels * channels);
        _outBias = new Parameter("out-bias", channels);
        return input;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var memory in _memory) memory?.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>One row of one head back to its query, all keys and all values.</summary>
    private void Unmix(AttentionMemory memory, int s, int head, int i)
    {
        var gradient = memory.Mixed(s, head, i);
        var share = memory.Shares(s, head, i);
        Span<float> scores = memory.Scores;
        for (var j = 0; j < share.Length; j++)
        {
            scores[j] = TensorPrimitives.Dot<float>(gradient, memory.Value(s, head, j));
            var value = memory.ValueGradient(head, j);
            TensorPrimitives.MultiplyAdd(gradient, share[j], value, value);
        }

        // Of the softmax, and of the division by √d.
        var mean = TensorPrimitives.Dot<float>(scores, share);
        TensorPrimitives.Subtract(scores, mean, scores);
        TensorPrimitives.Multiply(scores, share, scores);
        TensorPrimitives.Multiply(scores, 1f / MathF.Sqrt(HeadChannels), scores);
        var query = memory.QueryGradient(head, i);
        for (var j = 0; j < share.Length; j++)
        {
            TensorPrimitives.MultiplyAdd(memory.Key(s, head, j), scores[j], query, query);
            var key = memory.KeyGradient(head, j);
            TensorPrimitives.MultiplyAdd(memory.Query(s, head, i), scores[j], key, key);
        }
    }

    /// <summary>c (L, columns) = a (L, rows) · b (rows, columns) + bias.</summary>
    private void Multiply(float* a, int rows, float* b, int columns, float* bias, float* c) => Gemm.Run(new GemmCall
    {
        M = Input.Length, N = columns, KOuter = 1, K = rows, A = a, ARow = rows, AK = 1, B = b, BK = columns, C = c, CRow = columns, Bias = bias,
    });

    /// <summary>gradient (rows, columns) += aᵀ · b over the rows in time.</summary>
    private void Learn(float* a, int rows, float* b, int columns, float* gradient) => Gemm.Run(new GemmCall
    {
        M = rows, N = columns, KOuter = 1, K = Input.Length, A = a, ARow = 1, AK = rows, B = b, BK = columns, C = gradient, CRow = columns,
        Accumulate = true,
    });
}
