using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.Training.Losses;

/// <summary>Mean of (p − t)² over samples and elements.</summary>
internal sealed class MeanSquaredError : Loss
{
    private float _inverse;

    public override string Name => "mse";

    public override Shape TargetOf(Shape output) => output;

    public override void Prepare(int count, Sequence target) => _inverse = 1f / ((float)count * target.Shape.Count);

    public override double Evaluate(Lane lane, Sequence prediction, Sequence target, Sequence gradient)
    {
        var sum = 0.0;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var difference = gradient.SampleSpan(sample);
            TensorPrimitives.Subtract(prediction.SampleSpan(sample), target.SampleSpan(sample), difference);
            sum += TensorPrimitives.SumOfSquares(difference);
            TensorPrimitives.Multiply(difference, 2 * _inverse, difference);
        }

        return sum * _inverse;
    }
}
