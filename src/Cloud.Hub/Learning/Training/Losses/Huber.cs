namespace Cloud.Hub.Learning.Training.Losses;

/// <summary>Half the squared error up to <paramref name="delta"/>, linear beyond (Huber 1964): outliers in the data pull less.</summary>
internal sealed class Huber(float delta = 1f) : Loss
{
    private float _inverse;

    public override string Name => "huber";

    public override Shape TargetOf(Shape output) => output;

    public override void Prepare(int count, Sequence target) => _inverse = 1f / ((float)count * target.Shape.Count);

    public override double Evaluate(Lane lane, Sequence prediction, Sequence target, Sequence gradient)
    {
        var sum = 0.0;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var p = prediction.SampleSpan(sample);
            var t = target.SampleSpan(sample);
            var g = gradient.SampleSpan(sample);
            for (var i = 0; i < p.Length; i++)
            {
                var difference = p[i] - t[i];
                var size = MathF.Abs(difference);
                sum += size <= delta ? 0.5f * difference * difference : delta * (size - (0.5f * delta));
                g[i] = (size <= delta ? difference : delta * MathF.Sign(difference)) * _inverse;
            }
        }

        return sum * _inverse;
    }
}
