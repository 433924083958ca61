namespace Cloud.Hub.Learning.Training.Losses;

/// <summary>Pinball loss (Koenker and Bassett 1978): its minimum is a quantile of the target, so
/// two outputs give a band instead of a point.</summary>
/// <param name="quantiles">In (0, 1), one an output channel, in the order of the channels.</param>
internal sealed class Quantile(params float[] quantiles) : Loss
{
    private float _inverse;

    public override string Name => "quantile";

    /// <summary>One value a row, whatever the number of quantiles.</summary>
    /// <exception cref="ArgumentException">The output has another number of channels.</exception>
    public override Shape TargetOf(Shape output) =>
        output.Channels == quantiles.Length
            ? output with { Channels = 1 } : throw new ArgumentException($"{quantiles.Length} quantiles do not fit an output {output}");

    public override void Prepare(int count, Sequence target) => _inverse = 1f / ((float)count * target.Shape.Count * quantiles.Length);

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
                var quantile = quantiles[i % quantiles.Length];
                var missing = t[i / quantiles.Length] - p[i];
                sum += missing >= 0 ? quantile * missing : (quantile - 1) * missing;
                g[i] = (missing >= 0 ? -quantile : 1 - quantile) * _inverse;
            }
        }

        return sum * _inverse;
    }
}
