using Cloud.Hub.Learning.Training;

namespace Hmas.Benchmarks.Learning;

/// <summary>Windows of random numbers that are their own targets: times do not depend on what they hold.</summary>
internal sealed class RandomWindows : ITrainingSet
{
    private readonly float[][] _windows;

    public RandomWindows(Shape input, int count)
    {
        var random = new SeededRandom(1);
        Input = input;
        _windows = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, input.Count).Select(_ => random.NextSingle()).ToArray())];
    }

    public int Count => _windows.Length;

    public Shape Input { get; }

    public void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random)
    {
        _windows[index].CopyTo(input);
        input.CopyTo(target);
    }
}
