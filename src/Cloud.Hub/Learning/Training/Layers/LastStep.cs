namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>(L, C) to (1, C): the last row, where a recurrent layer has seen everything.</summary>
internal sealed class LastStep : Layer
{
    public override string Kind => "last-step";

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++) input.SampleSpan(sample)[^Input.Channels..].CopyTo(output.SampleSpan(sample));
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var target = inputGradient.SampleSpan(sample);
            target.Clear();
            outputGradient.SampleSpan(sample).CopyTo(target[^Input.Channels..]);
        }
    }

    protected override Shape OnBind(Shape input) =>
        input.Width == 1 ? new Shape(1, input.Channels) : throw new ArgumentException($"layer {Position} (last-step) cannot read a plane {input}");
}
