using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>2-D convolution with a square kernel, stride, padding, dilation and groups.</summary>
internal sealed unsafe class Conv2d(int outputChannels, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
    : Layer, IWeightedLayer
{
    private readonly NativeBuffer?[] _padded = new NativeBuffer?[Network.MaxLanes];
    private readonly NativeBuffer?[] _paddedGradient = new NativeBuffer?[Network.MaxLanes];
    private Parameter _weight = null!;
    private Parameter _bias = null!;
    private NativeBuffer? _forward;
    private NativeBuffer? _backward;

    public override string Kind => "conv2d";

    public PlaneShape Geometry { get; private set; } = null!;

    public override IReadOnlyList<Parameter> Parameters => [_weight, _bias];

    /// <summary>Bias (O,).</summary>
    public Span<float> Bias => _bias.Span;

    /// <summary>Weights as (O, C / groups, K, K), PyTorch's and ONNX's order; setting copies.</summary>
    public float[] Weights
    {
        get => ConvolutionWeights.ToOutputFirst(Geometry, _weight.Span);
        set => ConvolutionWeights.FromOutputFirst(Geometry, value, _weight.Span);
    }

    public override void Initialise(SeededRandom random)
    {
        var fanIn = Geometry.ChannelsPerGroup * kernel * kernel;
        FillUniform(_weight, fanIn, random);
        FillUniform(_bias, fanIn, random);
    }

    public override void Prepare()
    {
        PlaneConvolution.PackForward(Geometry, _weight.Values, (_forward ??= new NativeBuffer(PlaneConvolution.ForwardCount(Geometry))).Pointer);
        PlaneConvolution.PackBackward(Geometry, _weight.Values, (_backward ??= new NativeBuffer(PlaneConvolution.BackwardCount(Geometry))).Pointer);
    }

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
            PlaneConvolution.Forward(Geometry, Padded(lane, input.Sample(sample)), _forward!.Pointer, _bias.Values, output.Sample(sample));
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient) =>
        Backward(lane, input, outputGradient, inputGradient, accumulate: false);

    /// <param name="accumulate">Adds to the input's gradient instead of writing it.</param>
    public void Backward(Lane lane, Sequence input, Sequence outputGradient, Sequence? inputGradient, bool accumulate)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            PlaneConvolution.WeightGradient(
                Geometry, Padded(lane, input.Sample(sample)), outputGradient.Sample(sample), lane.Gradients + _weight.Offset);
            if (inputGradient is not null)
                PlaneConvolution.Backward(
                    Geometry, PaddedGradient(lane, outputGradient.Sample(sample)), _backward!.Pointer, inputGradient.Sample(sample), accumulate);
        }

        Convolution.SumRows(outputGradient, lane.Gradients + _bias.Offset, lane.From, lane.To);
    }

    protected override Shape OnBind(Shape input)
    {
        if (input.Channels % groups != 0 || outputChannels % groups != 0)
            throw new ArgumentException($"layer {Position} (conv2d): {groups} groups do not divide {input.Channels} and {outputChannels} channels");
        if (input.Width == 1 && kernel > 1)
            throw new ArgumentException($"layer {Position} (conv2d): only a kernel of 1 reads {input}, which is no plane");
        if (stride > 1 && dilation > 1) throw new ArgumentException($"layer {Position} (conv2d): a dilated kernel has no stride");
        Geometry = new PlaneShape
        {
            Height = input.Height,
            Width = input.Width,
            Channels = input.Channels,
            Outputs = outputChannels,
            Kernel = kernel,
            Stride = stride,
            Padding = padding,
            Dilation = dilation,
            Groups = groups,
        };
        if (Geometry.OutputHeight < 1 || Geometry.OutputWidth < 1)
            throw new ArgumentException($"layer {Position} (conv2d): a kernel of {kernel} does not fit {input}");
        _weight = new Parameter("weight", Geometry.WeightCount);
        _bias = new Parameter("bias", outputChannels);
        return new Shape(Geometry.OutputHeight * Geometry.OutputWidth, outputChannels, Geometry.OutputWidth);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var buffer in _padded.Concat(_paddedGradient)) buffer?.Dispose();
        _forward?.Dispose();
        _backward?.Dispose();
        base.Dispose(disposing);
    }

    private float* Padded(Lane lane, float* sample) =>
        PlaneConvolution.Padded(ref _padded[lane.Index], sample, Geometry.PaddedCount, Geometry.Height, Geometry.Width, Geometry.Channels, padding);

    private float* PaddedGradient(Lane lane, float* sample) =>
        PlaneConvolution.Padded(
            ref _paddedGradient[lane.Index], sample, Geometry.GradientCount, Geometry.OutputHeight, Geometry.OutputWidth, outputChannels,
            Geometry.GradientPadding);
}
