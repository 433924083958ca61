using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>2-D convolution with a square kernel, stride, padding, dilation and groups.</summary>
internal sealed unsafe class Conv2d(int outputChannels, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1)
    : Layer, IWeightedLayer
{
    private PlaneFilters _filters = null!;

    public override string Kind => "conv2d";

    public PlaneShape Geometry => _filters.Geometry;

    public override IReadOnlyList<Parameter> Parameters => [_filters.Weight, _filters.Bias];

    /// <summary>Bias (O,).</summary>
    public Span<float> Bias => _filters.Bias.Span;

    /// <summary>Weights as (O, C / groups, K, K), PyTorch's and ONNX's order; setting copies.</summary>
    public float[] Weights
    {
        get => _filters.Weights;
        set => _filters.Weights = value;
    }

    public override void Initialise(SeededRandom random)
    {
        var fanIn = Geometry.ChannelsPerGroup * kernel * kernel;
        FillUniform(_filters.Weight, fanIn, random);
        FillUniform(_filters.Bias, fanIn, random);
    }

    public override void Prepare() => _filters.Prepare();

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
            PlaneConvolution.Forward(
                Geometry, _filters.PaddedInput(lane, input.Sample(sample)), _filters.Forward, _filters.Bias.Values, output.Sample(sample));
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient) =>
        Backward(lane, input, outputGradient, inputGradient, accumulate: false);

    /// <param name="accumulate">Adds to the input's gradient instead of writing it.</param>
    public void Backward(Lane lane, Sequence input, Sequence outputGradient, Sequence? inputGradient, bool accumulate)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            PlaneConvolution.WeightGradient(
                Geometry, _filters.PaddedInput(lane, input.Sample(sample)), outputGradient.Sample(sample),
                lane.Gradients + _filters.Weight.Offset);
            if (inputGradient is not null)
                PlaneConvolution.Backward(
                    Geometry, _filters.PaddedOutput(lane, outputGradient.Sample(sample)), _filters.Backward, inputGradient.Sample(sample),
                    accumulate);
        }

        Convolution.SumRows(outputGradient, lane.Gradients + _filters.Bias.Offset, lane.From, lane.To);
    }

    protected override Shape OnBind(Shape input)
    {
        if (input.Channels % groups != 0 || outputChannels % groups != 0)
            throw new ArgumentException($"layer {Position} (conv2d): {groups} groups do not divide {input.Channels} and {outputChannels} channels");
        if (input.Width == 1 && kernel > 1)
            throw new ArgumentException($"layer {Position} (conv2d): only a kernel of 1 reads {input}, which is no plane");
        if (stride > 1 && dilation > 1) throw new ArgumentException($"layer {Position} (conv2d): a dilated kernel has no stride");
        var geometry = new PlaneShape
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
        if (geometry.OutputHeight < 1 || geometry.OutputWidth < 1)
            throw new ArgumentException($"layer {Position} (conv2d): a kernel of {kernel} does not fit {input}");
        _filters = new PlaneFilters(geometry, outputChannels);
        return new Shape(geometry.OutputHeight * geometry.OutputWidth, outputChannels, geometry.OutputWidth);
    }

    protected override void Dispose(bool disposing)
    {
        _filters?.Dispose();
        base.Dispose(disposing);
    }
}
