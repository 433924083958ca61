using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Corpora.Occupancy;

/// <summary>What a room's CO2 would have been with another air change: the recorded course gives what
/// people breathed out, another door lets it escape faster.</summary>
/// <remarks>
/// Mass balance of a mixed room: dC/dt = S − k·(C − C₀), with source S, air changes k a minute and
/// outdoor air C₀. From the recorded C follows S; with another k follows
/// another C. Through a door comes the air of the corridor, which holds more CO2 than the air outside, and
/// not always the same. So a model meets rooms with open doors, and
/// tighter ones, though the training week had one door, closed.
/// </remarks>
internal static class OpenDoor
{
    /// <summary>ppm: what the air outside brings.</summary>
    private const double Outdoor = 420;

    /// <summary>A minute⁻¹: median decay of the training week's empty hours.</summary>
    private const double Closed = 0.0085;

    /// <summary>ppm above outdoor air: the most that comes through the door.</summary>
    private const double Corridor = 60;

    /// <summary>Doors do not stay as they are: the air change wanders every so many minutes.</summary>
    private const int Stretch = 200;

    /// <param name="co2">ppm, one value a minute.</param>
    public static float[] Simulate(ReadOnlySpan<float> co2, SeededRandom random)
    {
        // From two and a half times as tight as recorded to six times as open; the sensor may read a sixth more or less.
        var factor = Math.Exp(Between(random, Math.Log(0.4), Math.Log(6)));
        var corridor = Corridor * random.NextSingle();
        var gain = Math.Exp(Between(random, -0.15, 0.15));
        var result = new float[co2.Length];
        var excess = (co2[0] - Outdoor) * Math.Min(1, 1 / factor);
        var (exchange, entering) = (0.0, 0.0);
        for (var i = 0; i < result.Length; i++)
        {
            if (i % Stretch == 0)
            {
                exchange = Math.Min(0.3, Closed * factor * Math.Exp(Between(random, -0.7, 0.7)));
                entering = corridor * Between(random, 0.3, 1);
            }

            var before = co2[Math.Max(0, i - 1)];
            var source = co2[i] - before + (Closed * (before - Outdoor));
            excess += source - (exchange * (excess - entering));
            result[i] = (float)(Outdoor + (excess * gain) + (1.5 * random.NextNormal()));
        }

        return result;
    }

    private static double Between(SeededRandom random, double low, double high) => low + ((high - low) * random.NextSingle());
}
