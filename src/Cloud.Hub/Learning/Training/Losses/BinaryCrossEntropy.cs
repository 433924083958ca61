namespace Cloud.Hub.Learning.Training.Losses;

/// <summary>Cross-entropy of logits against targets in [0, 1], one per output element.</summary>
/// <param name="positiveWeight">Weight of the positive class: negatives over positives balances them.</param>
/// <param name="smoothing">Targets are moved this share towards ½.</param>
internal sealed class BinaryCrossEntropy(float positiveWeight = 1f, float smoothing = 0f) : Loss
{
    private float _inverse;

    public override string Name => "binary-cross-entropy";

    public override Shape TargetOf(Shape output) => output;

    public override void Prepare(int count, Sequence target) => _inverse = 1f / ((float)count * target.Shape.Count);

    public override double Evaluate(Lane lane, Sequence prediction, Sequence target, Sequence gradient)
    {
        var sum = 0.0;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var logits = prediction.SampleSpan(sample);
            var t = target.SampleSpan(sample);
            var g = gradient.SampleSpan(sample);
            for (var i = 0; i < logits.Length; i++)
            {
                double x = logits[i];
                double y = (t[i] * (1 - smoothing)) + (0.5f * smoothing);
                // −log σ(x) and −log(1 − σ(x)) without overflow.
                var positive = Math.Max(-x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));
                var negative = positive + x;
                sum += (positiveWeight * y * positive) + ((1 - y) * negative);
                var probability = 1 / (1 + Math.Exp(-x));
                g[i] = (float)(((positiveWeight * y * (probability - 1)) + ((1 - y) * probability)) * _inverse);
            }
        }

        return sum * _inverse;
    }
}
