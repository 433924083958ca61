namespace Cloud.Hub.Learning.Training.Losses;

/// <summary>Cross-entropy of the softmax over channels against a class index; weights and smoothing as PyTorch defines them.</summary>
/// <param name="classWeights">(Classes,), or empty for 1.</param>
/// <param name="smoothing">Share of each target spread over all classes.</param>
internal sealed class SoftmaxCrossEntropy(float[]? classWeights = null, float smoothing = 0f) : Loss
{
    private readonly float[] _weights = classWeights ?? [];
    private double _inverse;

    public override string Name => "softmax-cross-entropy";

    /// <summary>One class index per sample, as a float.</summary>
    public override Shape TargetOf(Shape output) => _weights.Length == 0 || _weights.Length == output.Count
        ? new Shape(1, 1)
        : throw new ArgumentException($"{_weights.Length} class weights do not fit an output {output}");

    /// <exception cref="ArgumentException">A label is outside the class weights; the message names it.</exception>
    public override void Prepare(int count, Sequence target)
    {
        var total = 0.0;
        for (var sample = 0; sample < count; sample++)
        {
            var label = (int)target.SampleSpan(sample)[0];
            if (_weights.Length > 0) Require(label, _weights.Length);
            total += Weight(label);
        }

        _inverse = 1 / total;
    }

    /// <exception cref="ArgumentException">A label is outside the classes; the message names it.</exception>
    public override double Evaluate(Lane lane, Sequence prediction, Sequence target, Sequence gradient)
    {
        var sum = 0.0;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var logits = prediction.SampleSpan(sample);
            var g = gradient.SampleSpan(sample);
            var label = (int)target.SampleSpan(sample)[0];
            Require(label, logits.Length);
            var largest = float.NegativeInfinity;
            foreach (var x in logits) largest = MathF.Max(largest, x);
            var exponentials = 0.0;
            foreach (var x in logits) exponentials += Math.Exp(x - largest);
            var logSum = largest + Math.Log(exponentials);
            var spread = smoothing / logits.Length;
            var pull = 0.0;
            for (var c = 0; c < logits.Length; c++)
            {
                var share = ((c == label ? 1 - smoothing : 0) + spread) * Weight(c);
                sum += share * (logSum - logits[c]);
                pull += share;
            }

            for (var c = 0; c < logits.Length; c++)
            {
                var share = ((c == label ? 1 - smoothing : 0) + spread) * Weight(c);
                g[c] = (float)(((pull * Math.Exp(logits[c] - logSum)) - share) * _inverse);
            }
        }

        return sum * _inverse;
    }

    private static void Require(int label, int classes)
    {
        if ((uint)label >= (uint)classes) throw new ArgumentException($"label {label} is outside the {classes} classes");
    }

    private float Weight(int label) => _weights.Length == 0 ? 1f : _weights[label];
}
