using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>y = x · W + b over the channels of a (1, F) input.</summary>
internal sealed unsafe class Dense(int outputs) : Layer, IWeightedLayer
{
    private Parameter _weight = null!;
    private Parameter _bias = null!;
    private NativeBuffer? _forward;
    private NativeBuffer? _backward;

    public override string Kind => "dense";

    public override IReadOnlyList<Parameter> Parameters => [_weight, _bias];

    /// <summary>Bias (O,).</summary>
    public Span<float> Bias => _bias.Span;

    /// <summary>Weights as (O, I), PyTorch's order; setting copies.</summary>
    public float[] Weights
    {
        get
        {
            var result = new float[_weight.Count];
            for (var i = 0; i < result.Length; i++) result[(i % outputs * Input.Channels) + (i / outputs)] = _weight.Values[i];
            return result;
        }

        set
        {
            if (value.Length != _weight.Count)
                throw new ArgumentException($"{value.Length} weights given, layer {Position} (dense) has {_weight.Count}");
            for (var i = 0; i < value.Length; i++) _weight.Values[i] = value[(i % outputs * Input.Channels) + (i / outputs)];
        }
    }

    public override void Initialise(SeededRandom random)
    {
        FillUniform(_weight, Input.Channels, random);
        FillUniform(_bias, Input.Channels, random);
    }

    public override void Prepare()
    {
        Gemm.Pack(
            _weight.Values, outputs, Input.Channels, outputs, (_forward ??= new NativeBuffer(Gemm.PackedCount(Input.Channels, outputs))).Pointer);
        Gemm.PackTransposed(
            _weight.Values, outputs, Input.Channels, (_backward ??= new NativeBuffer(Gemm.PackedCount(outputs, Input.Channels))).Pointer);
    }

    public override void Forward(Lane lane, Sequence input, Sequence output) => Gemm.Run(new GemmCall
    {
        M = lane.To - lane.From,
        N = outputs,
        K = Input.Channels,
        KOuter = 1,
        A = input.Sample(lane.From),
        ARow = input.SampleStride,
        AK = 1,
        B = _forward!.Pointer,
        BK = Gemm.PanelWidth,
        BPanel = Input.Channels * Gemm.PanelWidth,
        C = output.Sample(lane.From),
        CRow = output.SampleStride,
        Bias = _bias.Values,
    });

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        var samples = lane.To - lane.From;
        Gemm.Run(new GemmCall
        {
            M = Input.Channels,
            N = outputs,
            K = samples,
            KOuter = 1,
            A = input.Sample(lane.From),
            ARow = 1,
            AK = input.SampleStride,
            B = outputGradient.Sample(lane.From),
            BK = outputGradient.SampleStride,
            C = lane.Gradients + _weight.Offset,
            CRow = outputs,
            Accumulate = true,
        });
        Convolution.SumRows(outputGradient, lane.Gradients + _bias.Offset, lane.From, lane.To);
        if (inputGradient is null) return;
        Gemm.Run(new GemmCall
        {
            M = samples,
            N = Input.Channels,
            K = outputs,
            KOuter = 1,
            A = outputGradient.Sample(lane.From),
            ARow = outputGradient.SampleStride,
            AK = 1,
            B = _backward!.Pointer,
            BK = Gemm.PanelWidth,
            BPanel = outputs * Gemm.PanelWidth,
            C = inputGradient.Sample(lane.From),
            CRow = inputGradient.SampleStride,
        });
    }

    protected override Shape OnBind(Shape input)
    {
        if (input.Length != 1) throw new ArgumentException($"layer {Position} (dense) needs a flat input, not {input}");
        _weight = new Parameter("weight", input.Channels * outputs);
        _bias = new Parameter("bias", outputs);
        return new Shape(1, outputs);
    }

    protected override void Dispose(bool disposing)
    {
        _forward?.Dispose();
        _backward?.Dispose();
        base.Dispose(disposing);
    }
}
