using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Tests.Learning.Recipes;

/// <summary>Simulated machines that run to failure: damage grows exponentially from a random start at a random rate (Saxena et al.
/// 2008), and shows in temperature, vibration and current through noise of each.</summary>
internal sealed class WearingRuns : ITrainingSet
{
    private const int Channels = 3;
    private static readonly LifeRecipe Recipe = new();
    private readonly List<(float[] Window, float Target)> _windows = [];

    public WearingRuns(int runs, ulong seed)
    {
        for (var run = 0; run < runs; run++) Add(new SeededRandom(SeededRandom.SeedOf(seed, (ulong)run, 0, 0)));
    }

    public int Count => _windows.Count;

    public Shape Input => new(LifeRecipe.Window, Channels);

    public float TargetOf(int index) => _windows[index].Target;

    public void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random)
    {
        _windows[index].Window.CopyTo(input);
        target[0] = _windows[index].Target;
    }

    /// <summary>Rows of one machine from its start to its failure, (N, 3).</summary>
    public static float[] Machine(SeededRandom random)
    {
        var life = 120 + random.Next(160);
        var (first, offset) = (0.02f + (0.04f * random.NextSingle()), 0.3f * random.NextNormal());
        var rate = MathF.Log(1 / first) / life;
        var rows = new float[life * Channels];
        for (var t = 0; t < life; t++)
        {
            var damage = first * MathF.Exp(rate * t);
            rows[t * Channels] = offset + (1.5f * damage) + (0.08f * random.NextNormal());
            rows[(t * Channels) + 1] = MathF.Sqrt(damage) * (1 + (0.1f * random.NextNormal()));
            rows[(t * Channels) + 2] = -damage + (0.15f * random.NextNormal());
        }

        return rows;
    }

    private void Add(SeededRandom random)
    {
        var rows = Machine(random);
        var life = rows.Length / Channels;
        for (var end = LifeRecipe.Window; end <= life; end += 3)
            _windows.Add((rows[((end - LifeRecipe.Window) * Channels)..(end * Channels)], Recipe.Target(life - end)));
    }
}
