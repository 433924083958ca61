using System.Numerics;
using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>An element-wise function; its gradient is written in terms of its own output.</summary>
internal sealed unsafe class Activation(ActivationKind kind) : Layer
{
    public const float LeakySlope = 0.01f;

    public override string Kind => Function.ToString();

    public ActivationKind Function { get; } = kind;

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++) Apply(Function, input.SampleSpan(sample), output.SampleSpan(sample));
    }

    public static void Apply(ActivationKind function, ReadOnlySpan<float> x, Span<float> y)
    {
        switch (function)
        {
            case ActivationKind.Relu:
                // Max would turn NaN into NaN as well: a diverged run must stay visible.
                TensorPrimitives.Max(x, 0f, y);
                break;
            case ActivationKind.LeakyRelu:
                for (var i = 0; i < x.Length; i++) y[i] = x[i] > 0 ? x[i] : LeakySlope * x[i];
                break;
            case ActivationKind.Sigmoid:
                TensorPrimitives.Sigmoid(x, y);
                break;
            default:
                TensorPrimitives.Tanh(x, y);
                break;
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var y = output.Sample(sample);
            var dy = outputGradient.Sample(sample);
            var dx = inputGradient.Sample(sample);
            var count = Output.Count;
            switch (Function)
            {
                case ActivationKind.Relu: Gate(y, dy, dx, count, 0f); break;
                case ActivationKind.LeakyRelu: Gate(y, dy, dx, count, LeakySlope); break;
                case ActivationKind.Sigmoid:
                    for (var i = 0; i < count; i++) dx[i] = dy[i] * y[i] * (1 - y[i]);
                    break;
                default:
                    for (var i = 0; i < count; i++) dx[i] = dy[i] * (1 - (y[i] * y[i]));
                    break;
            }
        }
    }

    protected override Shape OnBind(Shape input) => input;

    /// <summary>dx = y > 0 ? dy : slope × dy.</summary>
    private static void Gate(float* y, float* dy, float* dx, int count, float slope)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
        {
            var gradient = Vector.Load(dy + i);
            Vector.ConditionalSelect(Vector.GreaterThan(Vector.Load(y + i), Vector<float>.Zero), gradient, gradient * slope).Store(dx + i);
        }

        for (; i < count; i++) dx[i] = y[i] > 0 ? dy[i] : slope * dy[i];
    }
}
