using System.Diagnostics;
using System.Globalization;
using Edge.Tests.Models;
using Hmas.Contracts.Models;
using Hmas.Testing;
using Hmas.Trust;

namespace Edge.Tests;

/// <summary>Entry point of this assembly when a test or <c>./hmas bench update-faults</c> starts it as a
/// process of its own; the test runner does not use it.</summary>
internal static class ChildVerbs
{
    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["update-model", var folder, var hold]:
                await UpdateChild.RunAsync(folder, Enum.Parse<SlotState>(hold));
                return 0;
            case ["update-killed", var folder, var release, var step, var delayUs]:
                await UpdateChild.UpdateAndDieAsync(folder, Integer(release), Enum.Parse<SlotState>(step), Integer(delayUs));
                return 1;
            case ["update-faults", var cuts, var kills]:
                await FaultFigureAsync(Integer(cuts), Integer(kills));
                return 0;
            default:
                await Console.Error.WriteLineAsync("Usage: update-faults CUTS KILLS. Tests run through 'dotnet test'.");
                return 64;
        }
    }

    private static int Integer(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static async Task FaultFigureAsync(int cuts, int kills)
    {
        var seed = Seed.Next();
        Console.WriteLine($"seed {seed}");
        var started = Stopwatch.GetTimestamp();
        using var key = SigningKey.Create();
        using var folder = new TempFolder();
        var (cut, killed) = (new UpdateFaults(key, seed), new UpdateFaults(key, seed + 1));
        using (var disk = new CuttableDisk()) await cut.CutAsync(disk, cuts);
        await killed.KillAsync(folder.Path, kills);
        Console.WriteLine(
            $"{cuts} power cuts, {kills} kills, {Stopwatch.GetElapsedTime(started).TotalSeconds:0} s: a whole model answered after each, and each next update worked\n");
        Console.WriteLine(
            "| last step told | power cuts | of them the new model answers | kills | of them the new model answers |\n|---|---|---|---|---|");
        foreach (var step in UpdateFaults.Steps)
        {
            var (c, k) = (cut.Counts.GetValueOrDefault(step), killed.Counts.GetValueOrDefault(step));
            Console.WriteLine($"| {step} | {c.Faults} | {c.NewAnswers} | {k.Faults} | {k.NewAnswers} |");
        }
    }
}
