using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Tests.Learning.Recipes;

/// <summary>Simulated machines that run to failure: damage grows exponentially from a random start at a random rate (Saxena et al.
/// 2008), and shows in temperature, vibration and current through noise of each.</summary>
internal static class WearingMachine
{
    public const int Channels = 3;

    /// <summary>Rows of one machine from its start to its failure, (N, 3); 120 to 279 of them.</summary>
    public static float[] Rows(ulong seed)
    {
        var random = new SeededRandom(SeededRandom.SeedOf(seed, 0, 0, 0));
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
}
