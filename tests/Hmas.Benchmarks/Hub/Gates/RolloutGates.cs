using System.Globalization;

namespace Hmas.Benchmarks.Hub.Gates;

/// <summary>How often rollouts of models of known worth are stopped, and how many devices a bad one
/// reaches: the hub's own state machine over simulated fleets.</summary>
internal static class RolloutGates
{
    private const int BadEach = 25;
    private const int Good = 200;
    private const int ProgressEvery = 25;

    /// <param name="options"><c>--part</c> default, online, strict, first, pumps, strict-online or power; <c>--share</c> of the rollouts, over 0
    /// to 1, for a quick look; <c>--resume</c> a state file, to go on from what it holds; <c>--picture</c> an SVG file, instead of all this.</param>
    /// <exception cref="ArgumentException">An option that there is not.</exception>
    public static int Run(IReadOnlyList<string> options)
    {
        var (part, state, picture, share) = ((string?)null, (string?)null, (string?)null, 1.0);
        for (var i = 0; i < options.Count; i += 2)
        {
            var value = i + 1 < options.Count ? options[i + 1] : throw new ArgumentException($"rollout-gates: {options[i]} needs a value");
            _ = options[i] switch
            {
                "--part" => part = GateScenario.All.Select(static one => one.Name).Append("power").Contains(value)
                    ? value : throw new ArgumentException($"rollout-gates: there is no part '{value}'; there are default, online, strict, first, pumps, strict-online, power"),
                "--resume" => state = value,
                "--picture" => picture = value,
                "--share" => (share = double.Parse(value, CultureInfo.InvariantCulture)) is > 0 and <= 1
                    ? value : throw new ArgumentException($"rollout-gates: --share {value} is outside over 0 to 1"),
                _ => throw new ArgumentException($"rollout-gates: there is no option '{options[i]}'; there are --part, --share, --resume, --picture"),
            };
        }

        if (picture is not null)
        {
            GatePicture.Write(picture);
            return 0;
        }

        if (part is null or "power") GatePowerTable.Print();
        if (part != "power") Play(part, share, state);
        return 0;
    }

    private static void Play(string? part, double share, string? state)
    {
        using var played = new PlayedGates(state);
        var all =
            (from scenario in GateScenario.All
             where scenario.IsIn(part)
             from model in scenario.BadModels.Append(SimulatedModel.Good)
             from seed in Enumerable.Range(0, (int)Math.Ceiling((model == SimulatedModel.Good ? Good : BadEach) * share))
             select (scenario, model, seed)).ToList();
        var left = all.Where(one => !played.Has(one.scenario.Name, one.model.Name, one.seed)).ToList();
        // No more at once: the pool would add threads where others want the cores too, and each fleet takes its memory.
        Parallel.ForEach(left, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, one =>
        {
            var ending = one.scenario.Rollout(one.model, one.seed).Play();
            if (!ending.HasEnded) throw new InvalidOperationException($"{one.scenario.Name}, {one.model.Name}, seed {one.seed}: never ended");
            var known = played.Add(one.scenario.Name, one.model.Name, one.seed, ending);
            if (known % ProgressEvery == 0)
            {
                Console.Error.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{known} of {all.Count} rollouts, at {one.scenario.Name}, {one.model.Name}; {Environment.CpuUsage.TotalTime.TotalSeconds:0} s of processor time"));
            }
        });
        Console.WriteLine();
        Console.WriteLine(
            "Groups of 1, 9 and 90 %; a window a second, evidence every 100 windows, a look a minute; shares with their 95 % intervals.");
        Console.WriteLine();
        GateTable.Print(played.All);
        Console.WriteLine();
        GateTable.PrintFalseStops(played.All);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{played.All.Count} rollouts, {played.All.Sum(static play => play.CpuSeconds):0} s of processor time"));
    }
}
