using System.Numerics;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Rounds as the int8 model will, in the middle of a fit: y = s · clamp(round(x / s), −z, 255 − z). The gradient passes straight through
/// where nothing saturates (Bengio et al. 2013); the step s is learnt as its logarithm (Esser et al. 2020).</summary>
/// <param name="step">s to begin with, above 0.</param>
/// <param name="zero">z, kept.</param>
/// <param name="learns">Whether the step may move; one that a function prescribes may not.</param>
internal sealed unsafe class FakeQuantize(float step, byte zero, bool learns) : Layer
{
    private readonly Parameter _logStep = new("log step", 1);

    public override string Kind => "fake-quantize";

    public override IReadOnlyList<Parameter> Parameters => learns ? [_logStep] : [];

    public float Step => learns ? MathF.Exp(_logStep.Span[0]) : step;

    public byte Zero => zero;

    public override void Initialise(SeededRandom random)
    {
        if (learns) _logStep.Span[0] = MathF.Log(step);
    }

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        var (s, low, high) = (Step, (float)-zero, 255f - zero);
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var x = input.Sample(sample);
            var y = output.Sample(sample);
            var i = 0;
            for (; i + Vector<float>.Count <= Output.Count; i += Vector<float>.Count)
                (Vector.Clamp(
                    Vector.Round(Vector.Load(x + i) / s, MidpointRounding.ToEven), new Vector<float>(low), new Vector<float>(high)) * s).Store(y + i);
            for (; i < Output.Count; i++) y[i] = Math.Clamp(MathF.Round(x[i] / s, MidpointRounding.ToEven), low, high) * s;
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        var (s, low, high) = (Step, (float)-zero, 255f - zero);
        var slope = 0.0;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var x = input.Sample(sample);
            var dy = outputGradient.Sample(sample);
            var dx = inputGradient is null ? null : inputGradient.Sample(sample);
            for (var i = 0; i < Output.Count; i++)
            {
                var steps = x[i] / s;
                var rounded = MathF.Round(steps, MidpointRounding.ToEven);
                var isInside = rounded >= low && rounded <= high;
                slope += dy[i] * (isInside ? rounded - steps : Math.Clamp(rounded, low, high));
                if (dx is not null) dx[i] = isInside ? dy[i] : 0f;
            }
        }

        // d/d(log s) = s · d/ds.
        if (learns) lane.Gradients[_logStep.Offset] += (float)(slope * s);
    }

    protected override Shape OnBind(Shape input) => input;
}
