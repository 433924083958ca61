using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Recipes;

/// <summary>Random changes of a training window per channel, so that a classifier learns shapes of
/// deviation and not the levels of the machines it saw.</summary>
internal sealed record Augmentation
{
    /// <summary>Standard deviation of the logarithm of a channel's factor.</summary>
    public float LogScale { get; init; }

    /// <summary>Standard deviation of a constant added to a channel.</summary>
    public float Offset { get; init; }

    /// <summary>Standard deviation added to each value.</summary>
    public float Noise { get; init; }

    /// <summary>Half of the largest standard deviation of a noise that is drawn anew for each window:
    /// some stay near the recorded values, others wander.</summary>
    public float Wander { get; init; }

    /// <summary>Chance that a channel changes sign.</summary>
    public float Flip { get; init; }

    /// <summary>Chance that a channel is zeroed.</summary>
    public float Drop { get; init; }

    /// <param name="window">(T, R), changed in place, in the order of the members above.</param>
    public void Apply(Span<float> window, int channels, SeededRandom random)
    {
        if (Wander > 0)
        {
            var deviation = 2 * Wander * random.NextSingle();
            foreach (ref var value in window) value += deviation * random.NextNormal();
        }

        for (var c = 0; c < channels; c++)
        {
            var factor = LogScale > 0 ? MathF.Exp(LogScale * random.NextNormal()) : 1f;
            var offset = Offset > 0 ? Offset * random.NextNormal() : 0f;
            var sign = random.NextSingle() < Flip ? -1f : 1f;
            var kept = random.NextSingle() < Drop ? 0f : sign;
            for (var i = c; i < window.Length; i += channels)
            {
                var noise = Noise > 0 ? Noise * random.NextNormal() : 0f;
                window[i] = kept * ((window[i] * factor) + offset + noise);
            }
        }
    }
}
