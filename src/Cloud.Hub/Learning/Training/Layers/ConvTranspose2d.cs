using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>2-D transposed convolution with a square kernel: the adjoint of a <see cref="Conv2d"/> from its output's side to its input's.</summary>
internal sealed unsafe class ConvTranspose2d(int outputChannels, int kernel, int stride = 1, int padding = 0, int outputPadding = 0) : Layer
{
    private readonly NativeBuffer?[] _padded = new NativeBuffer?[Network.MaxLanes];
    private readonly NativeBuffer?[] _paddedGradient = new NativeBuffer?[Network.MaxLanes];
    private Parameter _weight = null!;
    private Parameter _bias = null!;
    private NativeBuffer? _spread;
    private NativeBuffer? _correlate;
    private NativeBuffer? _noBias;

    public override string Kind => "conv-transpose2d";

    /// <summary>Geometry of the convolution whose adjoint this is: its input is this layer's output.</summary>
    public PlaneShape Geometry { get; private set; } = null!;

    public override IReadOnlyList<Parameter> Parameters => [_weight, _bias];

    /// <summary>Bias (O,).</summary>
    public Span<float> Bias => _bias.Span;

    /// <summary>Weights as (I, O, K, K), PyTorch's and ONNX's order; setting copies.</summary>
    public float[] Weights
    {
        get => ConvolutionWeights.ToOutputFirst(Geometry, _weight.Span);
        set => ConvolutionWeights.FromOutputFirst(Geometry, value, _weight.Span);
    }

    public override void Initialise(SeededRandom random)
    {
        // As PyTorch counts it: output channels × taps.
        var fanIn = outputChannels * kernel * kernel;
        FillUniform(_weight, fanIn, random);
        FillUniform(_bias, fanIn, random);
    }

    public override void Prepare()
    {
        PlaneConvolution.PackBackward(Geometry, _weight.Values, (_spread ??= new NativeBuffer(PlaneConvolution.BackwardCount(Geometry))).Pointer);
        PlaneConvolution.PackForward(Geometry, _weight.Values, (_correlate ??= new NativeBuffer(PlaneConvolution.ForwardCount(Geometry))).Pointer);
        _noBias ??= new NativeBuffer(Input.Channels);
    }

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var padded = PlaneConvolution.Padded(
                ref _padded[lane.Index], input.Sample(sample), Geometry.GradientCount, Input.Height, Input.Width, Input.Channels,
                Geometry.GradientPadding);
            PlaneConvolution.Backward(Geometry, padded, _spread!.Pointer, output.Sample(sample), accumulate: false);
            var pixels = output.SampleSpan(sample);
            for (var pixel = 0; pixel < pixels.Length; pixel += outputChannels)
                TensorPrimitives.Add(pixels.Slice(pixel, outputChannels), Bias, pixels.Slice(pixel, outputChannels));
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var padded = PlaneConvolution.Padded(
                ref _paddedGradient[lane.Index], outputGradient.Sample(sample), Geometry.PaddedCount, Geometry.Height, Geometry.Width, outputChannels,
                padding);
            PlaneConvolution.WeightGradient(Geometry, padded, input.Sample(sample), lane.Gradients + _weight.Offset);
            if (inputGradient is not null)
                PlaneConvolution.Forward(Geometry, padded, _correlate!.Pointer, _noBias!.Pointer, inputGradient.Sample(sample));
        }

        Convolution.SumRows(outputGradient, lane.Gradients + _bias.Offset, lane.From, lane.To);
    }

    protected override Shape OnBind(Shape input)
    {
        if (input.Width == 1) throw new ArgumentException($"layer {Position} (conv-transpose2d) needs a plane, not {input}");
        if (outputPadding < 0 || outputPadding >= stride)
            throw new ArgumentException(
                $"layer {Position} (conv-transpose2d): output padding {outputPadding} must be 0 to stride − 1 = {stride - 1}");
        Geometry = new PlaneShape
        {
            Height = Side(input.Height),
            Width = Side(input.Width),
            Channels = outputChannels,
            Outputs = input.Channels,
            Kernel = kernel,
            Stride = stride,
            Padding = padding,
        };
        if (Geometry.Height < 1 || Geometry.Width < 1)
            throw new ArgumentException($"layer {Position} (conv-transpose2d): padding {padding} leaves nothing of {input}");
        _weight = new Parameter("weight", Geometry.WeightCount);
        _bias = new Parameter("bias", outputChannels);
        return new Shape(Geometry.Height * Geometry.Width, outputChannels, Geometry.Width);

        int Side(int length) => ((length - 1) * stride) - (2 * padding) + kernel + outputPadding;
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var buffer in _padded.Concat(_paddedGradient)) buffer?.Dispose();
        foreach (var buffer in new[] { _spread, _correlate, _noBias }) buffer?.Dispose();
        base.Dispose(disposing);
    }
}
