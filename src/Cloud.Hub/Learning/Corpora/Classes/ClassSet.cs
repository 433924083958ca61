using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>Standardised samples as a training set: every class drawn equally often, with noise.</summary>
internal sealed class ClassSet : ITrainingSet
{
    private readonly float[][][] _byClass;
    private readonly int[] _classes;
    private readonly float _noise;

    /// <param name="count">Draws per epoch.</param>
    public ClassSet(IReadOnlyList<(float[] Features, int Class, int Weight)> samples, float noise, int count)
    {
        _noise = noise;
        Count = count;
        Input = new Shape(1, samples[0].Features.Length);
        var present = samples.GroupBy(sample => sample.Class).OrderBy(group => group.Key).ToList();
        _classes = [.. present.Select(group => group.Key)];
        _byClass = [.. present.Select(group => group.SelectMany(sample => Enumerable.Repeat(sample.Features, sample.Weight)).ToArray())];
    }

    public int Count { get; }

    public Shape Input { get; }

    public void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random)
    {
        var pool = _byClass[index % _classes.Length];
        target[0] = _classes[index % _classes.Length];
        (random is null ? pool[index / _classes.Length % pool.Length] : pool[random.Next(pool.Length)]).CopyTo(input);
        if (random is null || _noise == 0) return;
        // Some draws stay near the recorded values, others wander: one deviation for all would blur the clear cases.
        var deviation = 2 * _noise * random.NextSingle();
        foreach (ref var value in input) value += deviation * random.NextNormal();
    }
}
