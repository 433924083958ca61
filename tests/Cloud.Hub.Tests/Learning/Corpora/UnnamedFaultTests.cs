using Cloud.Hub.Learning.Corpora.Skab;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Edge.Sensors.Simulation;
using Hmas.Contracts.Models;
using Hmas.Inference;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Corpora;

public sealed class UnnamedFaultTests
{
    /// <summary>Of a simulated site; shows in the vibration alone.</summary>
    private static readonly string[] BearingWear = ["other/6", "other/7", "other/9", "other/14"];

    [Fact]
    public void Bearing_wear_is_heard_by_a_model_whose_labels_never_named_it()
    {
        using var folder = new TempFolder();
        SimulatedSite.WriteRecordings(folder.Path, seed: 21);
        var files = SkabFolder.Read(folder.Path);
        var recipe = LearningRecipes.Find("anomaly-logit");
        var cutter = new SkabWindows(recipe);
        LabelledWindow[] cut = [.. cutter.Of(files.Where(file => !BearingWear.Contains(file.Key)), [], new SeededRandom(1))];
        var sets = new TrainingSets(recipe, cutter.Shape, cut, validation: []);
        using var network = new Network(cutter.Shape, recipe.Layers(cutter.Shape), 1);
        new Trainer(network, recipe.Loss(), recipe.Settings with { Epochs = recipe.Epochs, Seed = 1 }).Run(
            sets.Fresh, null, null, null, null, null, CancellationToken.None);
        var operations = OperationBuilder.Build(network);

        var alone = Replay(guard: null);
        var guarded = Replay(DistanceGuard.Fit(cut, cutter.Shape, recipe.GuardBudget));
        Assert.True(guarded.F1 > alone.F1 + 0.3, $"F1 {guarded.F1:0.000}, without the guard {alone.F1:0.000}");
        Assert.True(guarded.FalseAlarmRate < alone.FalseAlarmRate + 0.06, $"false alarms {guarded.FalseAlarmRate}, without {alone.FalseAlarmRate}");

        SliceMetrics Replay(DistanceGuard? guard)
        {
            var model = ModelExport.Write(operations, recipe, sets.Calibration(100), guard);
            using var detector = new Detector(
                SkabFit.Manifest(recipe, model.Int8, model.Input, model.Output, "int8-qdq"), model.Int8, new SessionSettings());
            return files.Where(file => BearingWear.Contains(file.Key)).Aggregate(
                default(Confusion), (counts, file) => counts + SkabReplay.Run(detector, file).Against(file.Anomalous!)).ToMetrics();
        }
    }
}
