namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>(1, L × C) to (L, C), time-major: the end of a dense autoencoder over windows.</summary>
internal sealed class Unflatten(int channels) : Layer
{
    public override string Kind => "unflatten";

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++) input.SampleSpan(sample).CopyTo(output.SampleSpan(sample));
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        for (var sample = lane.From; sample < lane.To; sample++) outputGradient.SampleSpan(sample).CopyTo(inputGradient.SampleSpan(sample));
    }

    protected override Shape OnBind(Shape input)
    {
        if (input.Length != 1 || input.Channels % channels != 0)
            throw new ArgumentException($"layer {Position} (unflatten) cannot cut {input} into rows of {channels} channels");
        return new Shape(input.Channels / channels, channels);
    }
}
