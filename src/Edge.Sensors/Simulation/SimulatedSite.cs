using System.Globalization;
using System.Text;

namespace Edge.Sensors.Simulation;

/// <summary>Writes the recordings of a site of pumps that never existed, laid out as the Skoltech Anomaly
/// Benchmark is: labelled experiments with one fault each.</summary>
public static class SimulatedSite
{
    // Faults of the machine only, each several times: whichever recordings are set aside to judge, the rest have met every kind.
    private static readonly (string Name, FaultKind Kind)[] Experiments =
    [
        ("valve1/0", FaultKind.ValveClosing),
        ("valve1/2", FaultKind.ValveClosing),
        ("valve1/4", FaultKind.ValveClosing),
        ("valve1/6", FaultKind.ValveClosing),
        ("valve1/8", FaultKind.ValveClosing),
        ("valve2/0", FaultKind.Leak),
        ("valve2/3", FaultKind.Leak),
        ("valve2/5", FaultKind.Leak),
        ("other/2", FaultKind.Cavitation),
        ("other/4", FaultKind.Cavitation),
        ("other/6", FaultKind.BearingWear),
        ("other/7", FaultKind.BearingWear),
        ("other/9", FaultKind.BearingWear),
        ("other/11", FaultKind.Cavitation),
        ("other/13", FaultKind.Cavitation),
        ("other/14", FaultKind.BearingWear),
        ("other/16", FaultKind.Leak),
    ];

    /// <summary>Writes <c>anomaly-free/anomaly-free.csv</c> and 17 experiments of 800 to 1,150 rows;
    /// existing files are replaced. Deterministic in the seed.</summary>
    /// <returns>Paths written, the anomaly-free one first.</returns>
    public static IReadOnlyList<string> WriteRecordings(string folder, int seed, SimulatedSiteOptions? options = null)
    {
        options ??= new SimulatedSiteOptions();
        var chance = new GaussianNoise(seed);
        var start = options.StartAt;
        var paths = new List<string>();
        var healthy = Settings(chance, seed, FaultPlan.Healthy);
        paths.Add(Write(folder, "anomaly-free/anomaly-free", healthy, options.HealthyRows, start, labels: false));
        for (var i = 0; i < Experiments.Length; i++)
        {
            start += TimeSpan.FromDays(1);
            var rows = 800 + (int)(351 * chance.Uniform());
            var begin = 450 + (int)((rows * 0.55 - 450) * Math.Max(0, chance.Uniform()));
            var length = 260 + (int)(140 * chance.Uniform());
            var end = Math.Min(begin + length, rows - 40);

            // From barely seen to clear; none of them stands out in a single row of a single channel.
            var severity = Severity(Experiments[i].Kind, chance.Uniform());
            var ramp = chance.Uniform() < 0.5 ? 5 : 60 * chance.Uniform();
            var fault = new Fault(
                Experiments[i].Kind, TimeSpan.FromSeconds(begin), TimeSpan.FromSeconds(ramp), TimeSpan.FromSeconds(end), severity);
            var settings = Settings(chance, seed + 1000 + i, new FaultPlan([fault]));
            paths.Add(Write(folder, Experiments[i].Name, settings, rows, start, labels: true));
        }

        return paths;
    }

    private static double Severity(FaultKind kind, double share) => kind switch
    {
        FaultKind.ValveClosing => 0.05 + (0.12 * share),
        FaultKind.Leak => 0.20 + (0.30 * share),
        FaultKind.Cavitation => 0.06 + (0.16 * share),
        FaultKind.BearingWear => 0.20 + (0.25 * share),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no experiment of the site has it"),
    };

    private static PumpSettings Settings(GaussianNoise chance, int seed, FaultPlan faults) => new()
    {
        Seed = seed,
        Faults = faults,
        Speed = 0.65 + (0.25 * chance.Uniform()),
        ValveOpening = 0.7 + (0.3 * chance.Uniform()),
        AmbientC = 20 + (6 * chance.Uniform()),
        RunningFor = 3600 + (7200 * chance.Uniform()),
    };

    private static string Write(string folder, string name, PumpSettings settings, int rows, DateTimeOffset start, bool labels)
    {
        var model = new PumpModel(settings);
        var values = new float[PumpChannels.Count];
        var text = new StringBuilder("datetime");
        foreach (var channel in PumpChannels.All) text.Append(';').Append(channel.Name);
        if (labels) text.Append(";anomaly;changepoint");
        text.Append('\n');
        var wasFaulty = false;
        for (var row = 0; row < rows; row++)
        {
            var isFaulty = model.IsFaulty;
            model.Step(values);
            if (values.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue)) continue;
            text.Append(CultureInfo.InvariantCulture, $"{start.AddSeconds(row):yyyy-MM-dd HH:mm:ss}");
            foreach (var value in values) text.Append(CultureInfo.InvariantCulture, $";{value:G6}");
            if (labels) text.Append(isFaulty ? ";1.0" : ";0.0").Append(isFaulty != wasFaulty ? ";1.0" : ";0.0");
            text.Append('\n');
            wasFaulty = isFaulty;
        }

        var path = Path.Combine(folder, $"{name}.csv");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text.ToString());
        return path;
    }
}
