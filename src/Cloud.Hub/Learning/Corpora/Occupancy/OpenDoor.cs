using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Corpora.Occupancy;

/// <summary>What a room's CO2 would have been with another air change: the recorded course gives what people breathed out, another door lets it escape faster.</summary>
/// <remarks>
/// Mass balance of a mixed room: dC/dt = S − k·(C − C₀), with source S, air changes k a minute and outdoor air C₀. From the recorded C follows S; with another k follows
/// another C. So a model meets rooms with open doors though the training week had the door closed.
/// </remarks>
internal static class OpenDoor
{
    /// <summary>ppm: what the air outside brings.</summary>
    private const double Outdoor = 420;

    /// <summary>A minute⁻¹: median decay of the training week's empty hours.</summary>
    private const double Closed = 0.0085;

    /// <summary>Doors do not stay as they are: the air change wanders every so many minutes.</summary>
    private const int Stretch = 200;

    /// <param name="co2">ppm, one value a minute.</param>
    public static float[] Simulate(ReadOnlySpan<float> co2, SeededRandom random)
    {
        // From a little tighter than recorded to eight times as open; the sensor may read a third more or less.
        var factor = Math.Exp(Between(random, Math.Log(0.8), Math.Log(8)));
        var gain = Math.Exp(Between(random, -0.3, 0.3));
        var result = new float[co2.Length];
        var excess = (co2[0] - Outdoor) * Math.Min(1, 1 / factor);
        var exchange = 0.0;
        for (var i = 0; i < result.Length; i++)
        {
            if (i % Stretch == 0) exchange = Math.Min(0.3, Closed * factor * Math.Exp(Between(random, -0.7, 0.7)));
            var before = co2[Math.Max(0, i - 1)];
            var source = co2[i] - before + (Closed * (before - Outdoor));
            excess += source - (exchange * excess);
            result[i] = (float)(Outdoor + (excess * gain) + (1.5 * random.NextNormal()));
        }

        return result;
    }

    private static double Between(SeededRandom random, double low, double high) => low + ((high - low) * random.NextSingle());
}
