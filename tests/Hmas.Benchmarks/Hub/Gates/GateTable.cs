using System.Globalization;

namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>What was played, as one table in Markdown.</summary>
internal static class GateTable
{
    private const double FirstGroupAtMost = 0.01;

    /// <summary>Quantile of the two-sided 95 % interval.</summary>
    private const double Z95 = 1.96;

    public static void Print(IReadOnlyCollection<GatePlay> plays)
    {
        Console.WriteLine(
            "| the new model | stopped | as harmful | beyond the first group | beyond 1 % of the fleet | devices changed, most | minutes to the stop: median, slowest | to full restore: median, slowest | of these waiting for devices that are away, slowest | missed | minutes to the end, median, slowest |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var scenario in GateScenario.All)
        {
            var own = plays.Where(play => play.Part == scenario.Name).ToList();
            if (own.Count == 0) continue;
            Console.WriteLine($"| **{scenario.Title}** | | | | | | | | | | |");
            foreach (var model in scenario.BadModels.Append(SimulatedModel.Good))
            {
                var endings = own.Where(play => play.Model == model.Name).Select(static play => play.Ending).ToList();
                if (endings.Count > 0) Print(model.Name, model == SimulatedModel.Good, scenario, endings);
            }

            var bad = own.Where(static play => play.Model != SimulatedModel.Good.Name).Select(static play => play.Ending).ToList();
            if (bad.Count > 0) Print("all bad ones", isGood: false, scenario, bad);
        }
    }

    /// <summary>Why each good model was stopped.</summary>
    public static void PrintFalseStops(IReadOnlyCollection<GatePlay> plays)
    {
        foreach (var play in plays.Where(static play => play.Model == SimulatedModel.Good.Name && play.Ending.Why is not null))
            Console.WriteLine($"- {play.Part}, seed {play.Seed}: {play.Ending.Why}");
    }

    private static void Print(string name, bool isGood, GateScenario scenario, List<SimulatedRollout.Ending> endings)
    {
        var stopped = endings.Where(static ending => ending.StoppedBy is not null).ToList();
        var went = endings.Where(static ending => ending.StoppedBy is null).ToList();
        var harmful = stopped.Count(static ending => ending.IsHarmful);
        var beyond = stopped.Count(static ending => ending.Beyond > 0);
        var above = stopped.Count(ending => ending.Changed > FirstGroupAtMost * scenario.Devices);
        var most = stopped.Count > 0 ? stopped.Max(static ending => ending.Changed) : 0;
        var away = stopped.Count > 0 ? stopped.Max(static ending => ending.AwayMinutes) : 0;
        var stops = isGood ? Share(stopped.Count, endings.Count) : $"{stopped.Count} of {endings.Count}";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {stops} | {harmful} | {beyond} | {above} | {most} | {Times(stopped, static ending => ending.Minutes)} | {Times(stopped, static ending => ending.RestoreMinutes)} | {away:0} | {(isGood ? "" : Share(went.Count, endings.Count))} | {Times(went, static ending => ending.Minutes)} |"));
    }

    private static string Times(List<SimulatedRollout.Ending> endings, Func<SimulatedRollout.Ending, double> of)
    {
        if (endings.Count == 0) return "";
        var sorted = endings.Select(of).Order().ToList();
        return string.Create(CultureInfo.InvariantCulture, $"{sorted[(sorted.Count - 1) / 2]:0}, {sorted[^1]:0}");
    }

    /// <summary>A count and its share, with Wilson's interval at 95 %.</summary>
    private static string Share(int count, int of)
    {
        var (rate, n) = ((double)count / of, (double)of);
        var centre = rate + (Z95 * Z95 / (2 * n));
        var spread = Z95 * Math.Sqrt((rate * (1 - rate) / n) + (Z95 * Z95 / (4 * n * n)));
        var whole = 1 + (Z95 * Z95 / n);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{count} of {of}, {100 * rate:0.0} % ({100 * Math.Max(0, (centre - spread) / whole):0.0} to {100 * Math.Min(1, (centre + spread) / whole):0.0})");
    }
}
