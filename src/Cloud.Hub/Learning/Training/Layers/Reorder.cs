namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Moves values to other places: y[i] = x[from[i]].</summary>
/// <param name="to">Shape of the output.</param>
/// <param name="from">Place in a sample of the input for each value of the output; none twice.</param>
internal sealed class Reorder(Shape to, int[] from) : Layer
{
    public override string Kind => "reorder";

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var x = input.SampleSpan(sample);
            var y = output.SampleSpan(sample);
            for (var i = 0; i < from.Length; i++) y[i] = x[from[i]];
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var dx = inputGradient.SampleSpan(sample);
            var dy = outputGradient.SampleSpan(sample);
            dx.Clear();
            for (var i = 0; i < from.Length; i++) dx[from[i]] = dy[i];
        }
    }

    protected override Shape OnBind(Shape input)
    {
        if (from.Length != to.Count || from.Any(place => (uint)place >= (uint)input.Count))
            throw new ArgumentException($"layer {Position} (reorder) cannot make {to} of {input}");
        return to;
    }
}
