using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>1-D transposed convolution: the adjoint of a convolution from its output's side to its input's.</summary>
internal sealed unsafe class ConvTranspose1d(int outputChannels, int kernel, int stride = 1, int padding = 0, int outputPadding = 0) : Layer
{
    private Parameter _weight = null!;
    private Parameter _bias = null!;
    private NativeBuffer? _spread;
    private NativeBuffer? _phaseBias;

    public override string Kind => "conv-transpose1d";

    /// <summary>Geometry of the convolution whose adjoint this is: its big side is this layer's output.</summary>
    public ConvolutionShape Geometry { get; private set; } = null!;

    public override Halo InputHalo => Geometry.SmallHalo;

    public override Halo OutputWriteHalo => Geometry.BigWriteHalo;

    public override Halo GradientHalo => Geometry.BigHalo;

    public override IReadOnlyList<Parameter> Parameters => [_weight, _bias];

    /// <summary>Bias (O,).</summary>
    public Span<float> Bias => _bias.Span;

    /// <summary>Weights as (I, O, K), PyTorch's and ONNX's order; setting copies.</summary>
    public float[] Weights
    {
        get => ConvolutionWeights.ToOutputFirst(Geometry, _weight.Span);
        set => ConvolutionWeights.FromOutputFirst(Geometry, value, _weight.Span);
    }

    public override void Initialise(SeededRandom random)
    {
        // As PyTorch counts it: output channels × kernel.
        FillUniform(_weight, outputChannels * kernel, random);
        FillUniform(_bias, outputChannels * kernel, random);
    }

    public override void Prepare()
    {
        Convolution.PrepareSpread(Geometry, _weight.Values, (_spread ??= new NativeBuffer(Geometry.SpreadWeightCount)).Pointer);
        _phaseBias ??= new NativeBuffer(stride * outputChannels);
        for (var phase = 0; phase < stride; phase++) _bias.Span.CopyTo(_phaseBias.Span[(phase * outputChannels)..]);
    }

    public override void Forward(Lane lane, Sequence input, Sequence output) =>
        Convolution.Spread(Geometry, input, _weight.Values, _spread!.Pointer, _phaseBias!.Pointer, output, lane.From, lane.To);

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        Convolution.WeightGradient(Geometry, outputGradient, input, lane.Gradients + _weight.Offset, lane.From, lane.To);
        Convolution.SumRows(outputGradient, lane.Gradients + _bias.Offset, lane.From, lane.To);
        if (inputGradient is not null)
            Convolution.Correlate(Geometry, outputGradient, _weight.Values, null, inputGradient, lane.From, lane.To);
    }

    protected override Shape OnBind(Shape input)
    {
        if (input.Width > 1) throw new ArgumentException($"layer {Position} (conv-transpose1d) cannot read a plane {input}");
        if (outputPadding < 0 || outputPadding >= stride)
            throw new ArgumentException(
                $"layer {Position} (conv-transpose1d): output padding {outputPadding} must be 0 to stride − 1 = {stride - 1}");
        var length = ((input.Length - 1) * stride) - (2 * padding) + kernel + outputPadding;
        Geometry = new ConvolutionShape
        {
            BigLength = length,
            BigChannels = outputChannels,
            SmallLength = input.Length,
            SmallChannels = input.Channels,
            Kernel = kernel,
            Stride = stride,
            Padding = padding,
        };
        _weight = new Parameter("weight", Geometry.WeightCount);
        _bias = new Parameter("bias", outputChannels);
        return new Shape(length, outputChannels);
    }

    protected override void Dispose(bool disposing)
    {
        _spread?.Dispose();
        _phaseBias?.Dispose();
        base.Dispose(disposing);
    }
}
