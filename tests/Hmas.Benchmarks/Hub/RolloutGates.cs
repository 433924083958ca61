using System.Globalization;

namespace Hmas.Benchmarks.Hub;

/// <summary>How often rollouts of models of known worth are stopped, and how many devices a bad one reaches: the hub's own state machine over simulated fleets.</summary>
internal static class RolloutGates
{
    private const int Rollouts = 400;
    private const int Devices = 1_000;
    private const double BaseRate = 0.05;

    private static readonly (string Name, double Rate)[] Models =
    [
        ("as good as the old one", BaseRate), ("15 points more alarms (allowed: 25)", BaseRate + 0.15), ("exactly what is allowed: 25 points more", BaseRate + 0.25),
        ("40 points more", BaseRate + 0.4), ("60 points more", BaseRate + 0.6), ("alarms on everything", 1),
    ];

    public static int Run()
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Rollouts} rollouts each over {Devices} devices in groups of 1, 9 and 90 %; old model alarms on {BaseRate:0 %} of windows; a look every 30 s, 10 windows a device"));
        Console.WriteLine("| the new model | windows an alarm episode lasts | stopped | touched, mean | touched, most | minutes until stopped, mean |");
        Console.WriteLine("|---|---|---|---|---|---|");
        foreach (var episode in (double[])[1, 10, 30])
        {
            foreach (var (name, rate) in Models) Print(name, episode, Enumerable.Range(0, Rollouts).Select(seed => SimulatedRollout.Play(seed, Devices, BaseRate, rate, episode)).ToList());
        }

        return 0;
    }

    private static void Print(string name, double episode, List<SimulatedRollout.Ending> endings)
    {
        var stopped = endings.Where(static ending => ending.StoppedBy is not null).ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {episode:0} | {(double)stopped.Count / endings.Count:0.0 %} | {(stopped.Count > 0 ? stopped.Average(static ending => ending.Touched) : 0):0.0} | {(stopped.Count > 0 ? stopped.Max(static ending => ending.Touched) : 0)} | {(stopped.Count > 0 ? stopped.Average(static ending => ending.Minutes) : 0):0.0} |"));
    }
}
