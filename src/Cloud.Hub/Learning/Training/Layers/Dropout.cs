namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Zeroes a share of the values while learning and scales the rest up; nothing otherwise. The mask is
/// drawn from (step, layer, sample), so it does not depend on threads.</summary>
/// <param name="share">Dropped share, [0, 1).</param>
internal sealed class Dropout(float share) : Layer
{
    public override string Kind => "dropout";

    public override void Forward(Lane lane, Sequence input, Sequence output) => Run(lane, input, output);

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is not null) Run(lane, outputGradient, inputGradient);
    }

    protected override Shape OnBind(Shape input) =>
        share is >= 0 and < 1 ? input : throw new ArgumentException($"layer {Position} (dropout): share {share} is outside [0, 1)");

    private void Run(Lane lane, Sequence from, Sequence to)
    {
        var keep = 1f / (1f - share);
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var source = from.SampleSpan(sample);
            var target = to.SampleSpan(sample);
            if (!lane.IsTraining)
            {
                source.CopyTo(target);
                continue;
            }

            var random = new SeededRandom(SeededRandom.SeedOf(lane.StepSeed, 0xD0, (ulong)Position, (ulong)sample));
            for (var i = 0; i < source.Length; i++) target[i] = random.NextSingle() < share ? 0f : source[i] * keep;
        }
    }
}
