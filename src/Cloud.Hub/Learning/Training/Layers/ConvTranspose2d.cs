using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>2-D transposed convolution with a square kernel: the adjoint of a <see cref="Conv2d"/> from its output's side to its input's.</summary>
internal sealed unsafe class ConvTranspose2d(int outputChannels, int kernel, int stride = 1, int padding = 0, int outputPadding = 0) : Layer
{
    private PlaneFilters _filters = null!;
    private NativeBuffer? _noBias;

    public override string Kind => "conv-transpose2d";

    /// <summary>Geometry of the convolution whose adjoint this is: its input is this layer's output.</summary>
    public PlaneShape Geometry => _filters.Geometry;

    public override IReadOnlyList<Parameter> Parameters => [_filters.Weight, _filters.Bias];

    /// <summary>Bias (O,).</summary>
    public Span<float> Bias => _filters.Bias.Span;

    /// <summary>Weights as (I, O, K, K), PyTorch's and ONNX's order; setting copies.</summary>
    public float[] Weights
    {
        get => _filters.Weights;
        set => _filters.Weights = value;
    }

    public override void Initialise(SeededRandom random)
    {
        // As PyTorch counts it: output channels × taps.
        var fanIn = outputChannels * kernel * kernel;
        FillUniform(_filters.Weight, fanIn, random);
        FillUniform(_filters.Bias, fanIn, random);
    }

    public override void Prepare()
    {
        _filters.Prepare();
        _noBias ??= new NativeBuffer(Input.Channels);
    }

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            PlaneConvolution.Backward(
                Geometry, _filters.PaddedOutput(lane, input.Sample(sample)), _filters.Backward, output.Sample(sample), accumulate: false);
            var pixels = output.SampleSpan(sample);
            for (var pixel = 0; pixel < pixels.Length; pixel += outputChannels)
                TensorPrimitives.Add(pixels.Slice(pixel, outputChannels), Bias, pixels.Slice(pixel, outputChannels));
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var padded = _filters.PaddedInput(lane, outputGradient.Sample(sample));
            PlaneConvolution.WeightGradient(Geometry, padded, input.Sample(sample), lane.Gradients + _filters.Weight.Offset);
            if (inputGradient is not null)
                PlaneConvolution.Forward(Geometry, padded, _filters.Forward, _noBias!.Pointer, inputGradient.Sample(sample));
        }

        Convolution.SumRows(outputGradient, lane.Gradients + _filters.Bias.Offset, lane.From, lane.To);
    }

    protected override Shape OnBind(Shape input)
    {
        if (input.Width == 1) throw new ArgumentException($"layer {Position} (conv-transpose2d) needs a plane, not {input}");
        if (outputPadding < 0 || outputPadding >= stride)
            throw new ArgumentException(
                $"layer {Position} (conv-transpose2d): output padding {outputPadding} must be 0 to stride − 1 = {stride - 1}");
        var geometry = new PlaneShape
        {
            Height = Side(input.Height),
            Width = Side(input.Width),
            Channels = outputChannels,
            Outputs = input.Channels,
            Kernel = kernel,
            Stride = stride,
            Padding = padding,
        };
        if (geometry.Height < 1 || geometry.Width < 1)
            throw new ArgumentException($"layer {Position} (conv-transpose2d): padding {padding} leaves nothing of {input}");
        _filters = new PlaneFilters(geometry, outputChannels);
        return new Shape(geometry.Height * geometry.Width, outputChannels, geometry.Width);

        int Side(int length) => ((length - 1) * stride) - (2 * padding) + kernel + outputPadding;
    }

    protected override void Dispose(bool disposing)
    {
        _filters?.Dispose();
        _noBias?.Dispose();
        base.Dispose(disposing);
    }
}
