using System.Globalization;
using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Tests.Learning.Corpora;

/// <summary>Small made-up sets in the layouts of the public ones.</summary>
internal static class SimulatedSets
{
    /// <summary>A room: people come and go every two to four hours; CO2 follows the mass balance.</summary>
    public static void Room(string file, int rows, int seed, double exchange)
    {
        var random = new Random(seed);
        var lines = new List<string> { "date,Temperature,Humidity,Light,CO2,HumidityRatio,Occupancy" };
        var (co2, occupied, left) = (430.0, 0, 180);
        for (var row = 0; row < rows; row++, left--)
        {
            if (left == 0) (occupied, left) = (1 - occupied, random.Next(120, 240));
            co2 += (10 * occupied) - (exchange * (co2 - 420)) + random.NextDouble() - 0.5;
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"2015-02-04 00:00:00,21,27,0,{co2:0.00},0.004,{occupied}"));
        }

        File.WriteAllLines(file, lines);
    }

    /// <summary>Six gases, each with its own pattern over the sensors; the gains of the sensors drift with the batch.</summary>
    public static void Gas(string file, int batch, int rows, IReadOnlyList<int>? only = null)
    {
        var random = new Random(batch);
        var channels = ClassRecipes.Gas.Channels;
        var lines = new List<string> { $"gas,ppmv,{string.Join(",", channels)}" };
        for (var row = 0; row < rows; row++)
        {
            var gas = only is null ? 1 + (row % 6) : only[row % only.Count];
            var pattern = new Random(100 + gas);
            var values = channels.Select((_, i) => Math.Exp(3 + (2 * pattern.NextDouble()) + (0.1 * batch * (i % 3)) + (0.1 * random.NextDouble())));
            lines.Add($"{gas},10,{string.Join(",", values.Select(v => v.ToString("0.000", CultureInfo.InvariantCulture)))}");
        }

        File.WriteAllLines(file, lines);
    }

    /// <summary>Six activities, each with its own posture and step rate, 400 rows each.</summary>
    public static void Person(string file, int seed)
    {
        var random = new Random(seed);
        var lines = new List<string> { "ax,ay,az,activity" };
        for (var activity = 1; activity <= 6; activity++)
        {
            var (x, y) = activity switch { 6 => (0.1, 0.9), 4 => (0.8, 0.5), _ => (1.0, 0.05 * random.NextDouble()) };
            var (amplitude, hz) = activity switch { 1 => (0.3, 2.0), 2 => (0.3, 1.2), 3 => (0.6, 2.6), _ => (0.005, 1.0) };
            for (var row = 0; row < 400; row++)
            {
                var swing = amplitude * Math.Sin(2 * Math.PI * hz * row / 50);
                lines.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{Math.Round(720 * (x + swing + (0.01 * random.NextDouble())))},{Math.Round(720 * (y + (0.01 * random.NextDouble())))},{random.Next(-9, 9)},{activity}"));
            }
        }

        File.WriteAllLines(file, lines);
    }
}
