using System.Globalization;
using Cloud.Hub.Learning.Corpora.Skab;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Edge.Sensors.Simulation;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Testing;
using RecordedWindows = Cloud.Hub.Learning.Corpora.Skab.SkabWindows;

namespace Hmas.Benchmarks.Learning;

/// <summary>What a device hears of faults whose kind no label has named. The recipes of the fleet are fitted on whole recordings, exported to int8
/// and replayed as a device does: on known kinds with files left out, and on each kind with all its files left out.</summary>
internal static class UnnamedFaults
{
    private const int Folds = 6;
    private const ulong Seed = 1;
    private const int CalibrationWindows = 500;

    /// <summary>By the README of the set.</summary>
    private static readonly Dictionary<string, string> RecordedKinds = new()
    {
        ["valve1"] = "valve at the inlet", ["valve2"] = "valve at the outlet", ["other/2"] = "leak", ["other/4"] = "leak",
        ["other/6"] = "imbalance", ["other/7"] = "imbalance", ["other/11"] = "rise of the water", ["other/13"] = "two-phase flow",
        ["other/14"] = "hot water",
    };

    /// <summary>Recordings of <see cref="SimulatedSite"/>.</summary>
    private static readonly Dictionary<string, string> SimulatedKinds = new()
    {
        ["valve1"] = "valve", ["valve2"] = "leak", ["other/16"] = "leak", ["other/6"] = "bearing wear", ["other/7"] = "bearing wear",
        ["other/9"] = "bearing wear", ["other/14"] = "bearing wear", ["other"] = "cavitation",
    };

    /// <param name="chosen"><c>skab</c>, or seeds of simulated sites; none: 1, 2 and 3.</param>
    public static int Run(string[] chosen)
    {
        NativeRuntime.DisableTelemetry();
        foreach (var site in chosen.Length > 0 ? chosen : ["1", "2", "3"])
        {
            if (site != "skab")
            {
                var seed = int.Parse(site, CultureInfo.InvariantCulture);
                using var folder = new TempFolder();
                SimulatedSite.WriteRecordings(folder.Path, seed);
                Report($"simulated site {seed}", SkabFolder.Read(folder.Path), SimulatedKinds);
                continue;
            }

            if (RecordedData.Folder("skab") is not { } recorded)
            {
                Console.WriteLine("the SKAB recordings are not here (HMAS_DATA)");
                return 1;
            }

            Report("SKAB", SkabFolder.Read(recorded), RecordedKinds);
        }

        return 0;
    }

    private static void Report(string name, IReadOnlyList<SkabFile> files, Dictionary<string, string> kinds)
    {
        Console.WriteLine($"{name}, F1 / false alarms\n| left out | classifier alone | with its guard | first model |\n|---|---|---|---|");
        var known = new Confusion[3];
        for (var fold = 0; fold < Folds; fold++)
            Add(known, Replay(files.Where((_, i) => i % Folds != fold), [.. files.Where((_, i) => i % Folds == fold)]));
        Print("files, their kinds known", known);
        var unnamed = new Confusion[3];
        foreach (var kind in files.GroupBy(file => kinds.GetValueOrDefault(file.Key) ?? kinds[file.Key.Split('/')[0]]))
        {
            var counts = Replay(files.Except(kind), [.. kind]);
            Print(kind.Key, counts);
            Add(unnamed, counts);
        }

        Print("each kind, pooled", unnamed);
    }

    /// <summary>Counts of the classifier alone, with its guard, and of the first model.</summary>
    private static Confusion[] Replay(IEnumerable<SkabFile> fitted, IReadOnlyList<SkabFile> judged)
    {
        var known = fitted.ToList();
        return [.. Replay(LearningRecipes.Find("anomaly-logit"), known, judged), .. Replay(LearningRecipes.Find("reconstruction"), known, judged)];
    }

    /// <summary>Counts of one fit, alone and, where the recipe has one, with its guard.</summary>
    private static IEnumerable<Confusion> Replay(LearningRecipe recipe, IReadOnlyList<SkabFile> fitted, IReadOnlyList<SkabFile> judged)
    {
        var cutter = new RecordedWindows(recipe);
        LabelledWindow[] cut = [.. cutter.Of(fitted, [], new SeededRandom(Seed))];
        var sets = new TrainingSets(recipe, cutter.Shape, cut, validation: []);
        using var network = new Network(cutter.Shape, recipe.Layers(cutter.Shape), Seed);
        new Trainer(network, recipe.Loss(), recipe.Settings with { Epochs = recipe.Epochs, Seed = Seed }).Run(
            sets.Fresh, null, null, null, null, null, CancellationToken.None);
        var operations = OperationBuilder.Build(network);
        yield return Judge(guard: null);
        if (recipe.GuardBudget > 0) yield return Judge(DistanceGuard.Fit(cut, cutter.Shape, recipe.GuardBudget));

        Confusion Judge(DistanceGuard? guard)
        {
            var model = ModelExport.Write(operations, recipe, sets.Calibration(CalibrationWindows), guard);
            using var detector = new Detector(
                SkabFit.Manifest(recipe, model.Int8, model.Input, model.Output, "int8-qdq"), model.Int8, new SessionSettings());
            return judged.Aggregate(default(Confusion), (counts, file) => counts + SkabReplay.Run(detector, file).Against(file.Anomalous!));
        }
    }

    private static void Add(Confusion[] sums, Confusion[] counts)
    {
        for (var i = 0; i < sums.Length; i++) sums[i] += counts[i];
    }

    private static void Print(string left, Confusion[] counts)
    {
        var cells = counts.Select(some => some.ToMetrics()).Select(
            metrics => string.Create(CultureInfo.InvariantCulture, $"{metrics.F1:0.000} / {100 * metrics.FalseAlarmRate:0.0} %"));
        Console.WriteLine($"| {left} | {string.Join(" | ", cells)} |");
    }
}
