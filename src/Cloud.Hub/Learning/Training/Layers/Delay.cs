namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Moves a sequence one row later, a row of zeros first: what a causal layer behind it says
/// of a row then rests on the rows before it alone.</summary>
internal sealed class Delay : Layer
{
    public override string Kind => "delay";

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var target = output.SampleSpan(sample);
            target[..Input.Channels].Clear();
            input.SampleSpan(sample)[..^Input.Channels].CopyTo(target[Input.Channels..]);
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var target = inputGradient.SampleSpan(sample);
            outputGradient.SampleSpan(sample)[Input.Channels..].CopyTo(target);
            target[^Input.Channels..].Clear();
        }
    }

    protected override Shape OnBind(Shape input) =>
        input.Width == 1 ? input : throw new ArgumentException($"layer {Position} (delay) cannot read a plane {input}");
}
