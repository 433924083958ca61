using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.Training.Losses;

/// <summary>Supervised contrastive loss (Khosla et al. 2020): vectors of one group point the same way, of different groups apart. Two
/// views of each sample with the sample's number as group make it NT-Xent (Chen et al. 2020).</summary>
/// <param name="temperature">Divides the cosines; smaller: nearer neighbours weigh more.</param>
/// <remarks>Compares all samples of a batch. A sample that is alone in its group pushes only as another's negative.</remarks>
internal sealed class Contrastive(float temperature = 0.1f) : Loss
{
    private float[] _directions = [];
    private float[] _lengths = [];

    /// <summary>(N, N): the loss's slope for each cosine.</summary>
    private float[] _slopes = [];
    private double[] _losses = [];
    private int _count;

    public override string Name => "contrastive";

    public override bool ComparesSamples => true;

    /// <summary>One group number per sample.</summary>
    public override Shape TargetOf(Shape output) => new(1, 1);

    public override void Prepare(int count, Sequence target)
    {
    }

    public override void Join(int count, Sequence prediction, Sequence target)
    {
        var width = prediction.Shape.Count;
        _count = count;
        (_directions, _lengths, _slopes, _losses) = (new float[count * width], new float[count], new float[count * count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            _lengths[i] = MathF.Max(TensorPrimitives.Norm<float>(prediction.SampleSpan(i)), 1e-12f);
            TensorPrimitives.Divide(prediction.SampleSpan(i), _lengths[i], Direction(i, width));
        }

        var anchors = 0;
        for (var i = 0; i < count; i++)
        {
            if (Friends(i, count, target) > 0) anchors++;
        }

        for (var i = 0; i < count && anchors > 0; i++) Anchor(i, count, width, target, 1.0 / anchors);
    }

    public override double Evaluate(Lane lane, Sequence prediction, Sequence target, Sequence gradient)
    {
        var width = prediction.Shape.Count;
        var sum = 0.0;
        for (var i = lane.From; i < lane.To; i++)
        {
            sum += _losses[i];
            var g = gradient.SampleSpan(i);
            g.Clear();
            for (var j = 0; j < _count; j++)
                TensorPrimitives.MultiplyAdd(Direction(j, width), (_slopes[(i * _count) + j] + _slopes[(j * _count) + i]) / temperature, g, g);
            // Along the vector itself nothing changes: only its direction counts.
            var along = TensorPrimitives.Dot<float>(g, Direction(i, width));
            TensorPrimitives.MultiplyAdd(Direction(i, width), -along, g, g);
            TensorPrimitives.Divide(g, _lengths[i], g);
        }

        return sum;
    }

    private Span<float> Direction(int sample, int width) => _directions.AsSpan(sample * width, width);

    private static int Friends(int i, int count, Sequence target)
    {
        var friends = 0;
        for (var j = 0; j < count; j++)
        {
            if (j != i && IsFriend(i, j, target)) friends++;
        }

        return friends;
    }

    private static bool IsFriend(int i, int j, Sequence target) => (int)target.SampleSpan(i)[0] == (int)target.SampleSpan(j)[0];

    /// <summary>−1/|P| Σ over its friends p of log softmax over all others, and its slopes.</summary>
    private void Anchor(int i, int count, int width, Sequence target, double weight)
    {
        var friends = Friends(i, count, target);
        if (friends == 0) return;
        var slopes = _slopes.AsSpan(i * count, count);
        for (var j = 0; j < count; j++)
            slopes[j] = j == i ? float.NegativeInfinity : TensorPrimitives.Dot<float>(Direction(i, width), Direction(j, width)) / temperature;
        var largest = TensorPrimitives.Max<float>(slopes);
        var exponentials = 0.0;
        foreach (var similarity in slopes) exponentials += Math.Exp(similarity - largest);
        var logSum = largest + Math.Log(exponentials);
        var loss = 0.0;
        for (var j = 0; j < count; j++)
        {
            if (j == i)
            {
                slopes[j] = 0;
                continue;
            }

            var isFriend = IsFriend(i, j, target);
            if (isFriend) loss += (logSum - slopes[j]) / friends;
            slopes[j] = (float)(weight * (Math.Exp(slopes[j] - logSum) - (isFriend ? 1.0 / friends : 0)));
        }

        _losses[i] = weight * loss;
    }
}
