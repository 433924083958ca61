using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>1-D convolution with stride, padding, dilation and groups.</summary>
/// <param name="paddingBehind">Rows of zeros behind the input; null: as many as before it.</param>
internal sealed unsafe class Conv1d(
    int outputChannels, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, int? paddingBehind = null)
    : Layer, IWeightedLayer
{
    private Parameter _weight = null!;
    private Parameter _bias = null!;
    private NativeBuffer? _spread;

    public override string Kind => "conv1d";

    public ConvolutionShape Geometry { get; private set; } = null!;

    public override Halo InputHalo => Geometry.BigHalo;

    public override Halo GradientHalo => Geometry.SmallHalo;

    public override Halo GradientWriteHalo => Geometry.BigWriteHalo;

    public override IReadOnlyList<Parameter> Parameters => [_weight, _bias];

    /// <summary>Bias (O,).</summary>
    public Span<float> Bias => _bias.Span;

    /// <summary>Weights as (O, C / groups, K), PyTorch's and ONNX's order; setting copies.</summary>
    public float[] Weights
    {
        get => ConvolutionWeights.ToOutputFirst(Geometry, _weight.Span);
        set => ConvolutionWeights.FromOutputFirst(Geometry, value, _weight.Span);
    }

    public override void Initialise(SeededRandom random)
    {
        var fanIn = Geometry.BigPerGroup * kernel;
        FillUniform(_weight, fanIn, random);
        FillUniform(_bias, fanIn, random);
    }

    public override void Prepare() =>
        Convolution.PrepareSpread(Geometry, _weight.Values, (_spread ??= new NativeBuffer(Geometry.SpreadWeightCount)).Pointer);

    public override void Forward(Lane lane, Sequence input, Sequence output) =>
        Convolution.Correlate(Geometry, input, _weight.Values, _bias.Values, output, lane.From, lane.To);

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        Convolution.WeightGradient(Geometry, input, outputGradient, lane.Gradients + _weight.Offset, lane.From, lane.To);
        Convolution.SumRows(outputGradient, lane.Gradients + _bias.Offset, lane.From, lane.To);
        if (inputGradient is not null)
            Convolution.Spread(Geometry, outputGradient, _weight.Values, _spread!.Pointer, null, inputGradient, lane.From, lane.To);
    }

    protected override Shape OnBind(Shape input)
    {
        if (input.Width > 1) throw new ArgumentException($"layer {Position} (conv1d) cannot read a plane {input}");
        if (input.Channels % groups != 0 || outputChannels % groups != 0)
            throw new ArgumentException($"layer {Position} (conv1d): {groups} groups do not divide {input.Channels} and {outputChannels} channels");
        var length = ConvolutionShape.OutputLength(input.Length, kernel, stride, padding + (paddingBehind ?? padding), dilation);
        Geometry = new ConvolutionShape
        {
            BigLength = input.Length,
            BigChannels = input.Channels,
            SmallLength = length,
            SmallChannels = outputChannels,
            Kernel = kernel,
            Stride = stride,
            Padding = padding,
            Dilation = dilation,
            Groups = groups,
        };
        _weight = new Parameter("weight", Geometry.WeightCount);
        _bias = new Parameter("bias", outputChannels);
        return new Shape(length, outputChannels);
    }

    protected override void Dispose(bool disposing)
    {
        _spread?.Dispose();
        base.Dispose(disposing);
    }
}
