using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Adds an earlier value to its input (He et al. 2016): y = x + v, or x + projection(v) where the shapes differ.</summary>
/// <param name="back">How many layers before this one the value goes in: 5 for conv, norm, activation, conv, norm.</param>
/// <param name="projection">Brings the earlier value to this shape.</param>
internal sealed class Residual(int back, Conv2d? projection = null) : Layer
{
    private Shape _skip;

    public override string Kind => "residual";

    public int Back => back;

    public Conv2d? Projection => projection;

    public override IReadOnlyList<Parameter> Parameters => projection?.Parameters ?? [];

    /// <summary>Settles the earlier value's shape, before <see cref="Layer.Bind"/>.</summary>
    public void BindSkip(Shape skip) => _skip = skip;

    public override void Initialise(SeededRandom random) => projection?.Initialise(random);

    public override void Prepare() => projection?.Prepare();

    /// <summary>The part of the input; the earlier value comes by <see cref="ForwardSkip"/>.</summary>
    public override void Forward(Lane lane, Sequence input, Sequence output) =>
        throw new InvalidOperationException("a residual layer needs its earlier value");

    public void ForwardSkip(Lane lane, Sequence skip, Sequence input, Sequence output)
    {
        projection?.Forward(lane, skip, output);
        var other = projection is null ? skip : output;
        for (var sample = lane.From; sample < lane.To; sample++)
            TensorPrimitives.Add(input.SampleSpan(sample), other.SampleSpan(sample), output.SampleSpan(sample));
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        for (var sample = lane.From; sample < lane.To; sample++) outputGradient.SampleSpan(sample).CopyTo(inputGradient.SampleSpan(sample));
    }

    /// <summary>Adds the earlier value's share to its gradient, once the layers in between have written theirs.</summary>
    /// <param name="skipGradient">Null when the earlier value is the network's input.</param>
    public void BackwardSkip(Lane lane, Sequence skip, Sequence outputGradient, Sequence? skipGradient)
    {
        if (projection is not null)
        {
            projection.Backward(lane, skip, outputGradient, skipGradient, accumulate: true);
            return;
        }

        if (skipGradient is null) return;
        for (var sample = lane.From; sample < lane.To; sample++)
            TensorPrimitives.Add(skipGradient.SampleSpan(sample), outputGradient.SampleSpan(sample), skipGradient.SampleSpan(sample));
    }

    protected override Shape OnBind(Shape input)
    {
        projection?.Bind(_skip, Position);
        var added = projection?.Output ?? _skip;
        return added == input ? input : throw new ArgumentException($"layer {Position} (residual) cannot add {added} to {input}");
    }

    protected override void Dispose(bool disposing)
    {
        projection?.Dispose();
        base.Dispose(disposing);
    }
}
