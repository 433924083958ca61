using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Normalises every row over its channels, then scales and shifts (Ba, Kiros and Hinton 2016):
/// the same in training and use, whatever the batch.</summary>
internal sealed unsafe class LayerNorm : Layer
{
    public const float Epsilon = 1e-5f;
    private Parameter _scale = null!;
    private Parameter _shift = null!;

    public override string Kind => "layer-norm";

    public override IReadOnlyList<Parameter> Parameters => [_scale, _shift];

    /// <summary>γ (C,).</summary>
    public Span<float> Scale => _scale.Span;

    /// <summary>β (C,).</summary>
    public Span<float> Shift => _shift.Span;

    public override void Initialise(SeededRandom random) => _scale.Span.Fill(1);

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            for (var row = 0; row < Input.Length; row++)
            {
                var y = Row(output, sample, row);
                Normalise(Row(input, sample, row), y);
                TensorPrimitives.MultiplyAdd(y, Scale, Shift, y);
            }
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        var channels = Input.Channels;
        var scaleGradient = new Span<float>(lane.Gradients + _scale.Offset, channels);
        var shiftGradient = new Span<float>(lane.Gradients + _shift.Offset, channels);
        Span<float> normal = new float[channels];
        Span<float> scaled = new float[channels];
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            for (var row = 0; row < Input.Length; row++)
            {
                var dy = Row(outputGradient, sample, row);
                var inverse = Normalise(Row(input, sample, row), normal);
                TensorPrimitives.MultiplyAdd(dy, normal, scaleGradient, scaleGradient);
                TensorPrimitives.Add(shiftGradient, dy, shiftGradient);
                if (inputGradient is null) continue;
                TensorPrimitives.Multiply(dy, Scale, scaled);
                var mean = TensorPrimitives.Sum<float>(scaled) / channels;
                var along = TensorPrimitives.Dot<float>(scaled, normal) / channels;
                var dx = Row(inputGradient, sample, row);
                for (var c = 0; c < channels; c++) dx[c] = inverse * (scaled[c] - mean - (normal[c] * along));
            }
        }
    }

    /// <summary>(x − mean) / deviation of one row.</summary>
    /// <returns>1 / deviation.</returns>
    public static float Normalise(ReadOnlySpan<float> x, Span<float> y)
    {
        TensorPrimitives.Subtract(x, TensorPrimitives.Sum(x) / x.Length, y);
        var inverse = 1f / MathF.Sqrt((TensorPrimitives.SumOfSquares<float>(y) / y.Length) + Epsilon);
        TensorPrimitives.Multiply(y, inverse, y);
        return inverse;
    }

    protected override Shape OnBind(Shape input)
    {
        _scale = new Parameter("scale", input.Channels);
        _shift = new Parameter("shift", input.Channels);
        return input;
    }

    private Span<float> Row(Sequence sequence, int sample, int row) => new(sequence.Sample(sample) + (row * Input.Channels), Input.Channels);
}
