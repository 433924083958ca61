using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Tests.Learning.Training;

/// <summary>A training set of noisy waves that a network reconstructs.</summary>
internal sealed class Waves : ITrainingSet, IDisposable
{
    private readonly Sequence _values;

    public Waves(int count, Shape shape, int seed)
    {
        _values = new Sequence(count, shape);
        Samples.FillWaves(_values, count, seed);
    }

    public int Count => _values.Batch;

    public Shape Input => _values.Shape;


    public Action<int>? OnFill { get; init; }

    public void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random)
    {
        OnFill?.Invoke(index);
        _values.SampleSpan(index).CopyTo(input);
        input.CopyTo(target);
        if (random is not null) input[0] += 0.01f * random.NextNormal();
    }

    public void Dispose() => _values.Dispose();
}
