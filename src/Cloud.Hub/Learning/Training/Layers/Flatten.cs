namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>(L, C) to (1, L × C), time-major; the exporter turns weights behind it to ONNX's channel-major order.</summary>
internal sealed class Flatten : Layer
{
    public override string Kind => "flatten";

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++) input.SampleSpan(sample).CopyTo(output.SampleSpan(sample));
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        for (var sample = lane.From; sample < lane.To; sample++) outputGradient.SampleSpan(sample).CopyTo(inputGradient.SampleSpan(sample));
    }

    protected override Shape OnBind(Shape input) => new(1, input.Count);
}
