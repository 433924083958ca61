using System.Numerics.Tensors;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>(L, 1) of whole numbers to (L, <paramref name="width"/>): each number's own learnt
/// row, for states and codes that have no order.</summary>
/// <param name="count">Numbers there are, from 0.</param>
internal sealed unsafe class Embedding(int count, int width) : Layer
{
    private Parameter _table = null!;

    public override string Kind => "embedding";

    public override IReadOnlyList<Parameter> Parameters => [_table];

    /// <summary>Rows (Count, Width).</summary>
    public Span<float> Table => _table.Span;

    public override void Initialise(SeededRandom random)
    {
        foreach (ref var value in _table.Span) value = random.NextNormal();
    }

    /// <exception cref="ArgumentException">A value is not within 0 to count − 1.</exception>
    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var codes = input.SampleSpan(sample);
            var rows = output.SampleSpan(sample);
            for (var row = 0; row < codes.Length; row++) Table.Slice(IndexOf(codes[row]) * width, width).CopyTo(rows.Slice(row * width, width));
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        var gradient = new Span<float>(lane.Gradients + _table.Offset, _table.Count);
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var codes = input.SampleSpan(sample);
            for (var row = 0; row < codes.Length; row++)
            {
                var target = gradient.Slice(IndexOf(codes[row]) * width, width);
                TensorPrimitives.Add(target, outputGradient.SampleSpan(sample).Slice(row * width, width), target);
            }

            // A number has no direction to move in.
            if (inputGradient is not null) inputGradient.SampleSpan(sample).Clear();
        }
    }

    protected override Shape OnBind(Shape input)
    {
        if (input.Channels != 1 || input.Width != 1)
            throw new ArgumentException($"layer {Position} (embedding) needs one channel of whole numbers, not {input}");
        _table = new Parameter("table", count * width);
        return new Shape(input.Length, width);
    }

    private int IndexOf(float value)
    {
        // Not a number fails both comparisons.
        return value >= 0 && value < count
            ? (int)value : throw new ArgumentException($"layer {Position} (embedding): {value} is not within 0 to {count - 1}");
    }
}
