using Cloud.Hub.Learning.Training;

namespace Hmas.Benchmarks.Deltas;

/// <summary>Windows of eight channels that swing, each to be given back as it is: something to fit on.</summary>
internal sealed class Waves(ulong seed, int count) : ITrainingSet
{
    public int Count => count;

    public Shape Input { get; } = new(60, 8);

    public void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random)
    {
        var wave = new SeededRandom(seed + ((ulong)index * 7919));
        for (var c = 0; c < 8; c++)
        {
            var (rate, phase, height) = (0.05f + (0.4f * wave.NextSingle()), 6.28f * wave.NextSingle(), 0.5f + wave.NextSingle());
            for (var t = 0; t < 60; t++) input[(t * 8) + c] = (height * MathF.Sin((rate * t) + phase)) + (0.05f * wave.NextNormal());
        }

        input.CopyTo(target);
    }
}
