using System.Globalization;
using Cloud.Hub.Redistribution.Contract;
using Cloud.Hub.Redistribution.Rollouts.Gates;

namespace Hmas.Benchmarks.Hub;

/// <summary>How often rollouts of models of known worth are stopped, and how many devices a bad one
/// reaches: the hub's own state machine over simulated fleets.</summary>
internal static class RolloutGates
{
    private const int BadEach = 25;
    private const int Good = 200;
    private const double FirstGroupAtMost = 0.01;

    /// <summary>Asks for proof on the same windows that the new model alarms at most one window in a hundred more.</summary>
    private static readonly GatePolicy Strict = new()
    {
        MaximumWait = TimeSpan.FromHours(6), MinimumShadowWindows = 30_000,
        Limits = new Dictionary<string, double> { [GateLimits.ShadowAlarms] = 0.01 },
    };

    /// <param name="share">Of the rollouts that are played; under 1 for a quick look.</param>
    /// <param name="part"><c>default</c>, <c>online</c>, <c>strict</c> or <c>power</c>; null: all.</param>
    public static int Run(double share = 1, string? part = null)
    {
        if (part is null or "power") PrintPower();
        if (part == "power") return 0;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"groups of 1, 9 and 90 %; a window a second, evidence every 100, a look a minute; {BadEach * share:0} rollouts of each bad model, {Good * share:0} of a good one"));
        Console.WriteLine(
            "| the new model | gate | fleet, online | stopped | as harmful | by | changed, mean | changed, most | above first group | minutes to the verdict, mean | minutes to restore, mean, most |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var model in SimulatedModel.Bad.Append(SimulatedModel.Good))
        {
            if (part is null or "default") Print(model, "default", new GatePolicy(), 50, 1_000, 1, share);
            if (part is null or "online") Print(model, "default", new GatePolicy(), 50, 10_000, 0.05, share);
            if (part is null or "strict") Print(model, "strict", Strict, 6_000, 1_000, 1, share);
        }

        return 0;
    }

    /// <summary>Windows until a gate of three groups tells a model that is so much worse, half of the
    /// time: an episode of ten windows is a trial.</summary>
    private static void PrintPower()
    {
        const double Episode = 10;
        var stopsAt = GateMetric.All.Count * 3 / new GatePolicy().FalseStopRate;
        Console.WriteLine(
            "| worse than the limit by | alarm-rate, limit 10 %, control 5 % | shadow-alarms, limit 1 %, answers differ on 5 % | the same, limit 5 %, on 10 % | error, limit 5 %, control 10 % |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var excess in (double[])[0.01, 0.02, 0.05, 0.1, 0.2])
        {
            double Windows(MetricKind kind, double limit, double reference) => Episode * GatePower.Trials(kind, limit, excess, reference, stopsAt);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {excess:0 %} | {Windows(MetricKind.Difference, 0.1, 0.05):#,0} | {Windows(MetricKind.Paired, 0.01, 0.05):#,0} | {Windows(MetricKind.Paired, 0.05, 0.1):#,0} | {Windows(MetricKind.Difference, 0.05, 0.1):#,0} |"));
        }
    }

    private static void Print(SimulatedModel model, string name, GatePolicy gate, int shadowWindows, int devices, double online, double share)
    {
        var count = (int)((model == SimulatedModel.Good ? Good : BadEach) * share);
        var endings = new SimulatedRollout.Ending[count];
        Parallel.For(0, count, seed => endings[seed] = new SimulatedRollout(seed, devices, model, gate, shadowWindows, online).Play());
        if (endings.Any(static ending => !ending.HasEnded)) throw new InvalidOperationException($"{model.Name}: a rollout never ended");
        var stopped = endings.Where(static ending => ending.StoppedBy is not null).ToArray();
        var by = string.Join(
            ", ", stopped.GroupBy(static ending => ending.StoppedBy).OrderByDescending(static words => words.Count())
                .Select(static words => $"{words.Key} {words.Count()}"));
        var above = stopped.Count(ending => ending.Changed > ending.FirstGroup || ending.Changed > FirstGroupAtMost * devices);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {model.Name} | {name} | {devices:#,0}, {online:0 %} | {stopped.Length} of {count} | {stopped.Count(static ending => ending.IsHarmful)} | {by} | {Mean(stopped, static ending => ending.Changed):0.0} | {Most(stopped, static ending => ending.Changed):0} | {above} | {Mean(endings, static ending => ending.Minutes):0} | {Mean(stopped, static ending => ending.RestoreMinutes):0.0}, {Most(stopped, static ending => ending.RestoreMinutes):0} |"));
        if (model != SimulatedModel.Good) return;
        for (var seed = 0; seed < count; seed++)
        {
            if (endings[seed].Why is { } why) Console.WriteLine($"  seed {seed}: {why}");
        }
    }

    private static double Mean(SimulatedRollout.Ending[] endings, Func<SimulatedRollout.Ending, double> of) =>
        endings.Select(of).DefaultIfEmpty().Average();

    private static double Most(SimulatedRollout.Ending[] endings, Func<SimulatedRollout.Ending, double> of) =>
        endings.Select(of).DefaultIfEmpty().Max();
}
