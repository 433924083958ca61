using Cloud.Hub.Learning.Datasets;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Workers;

/// <summary>What a run learns from in one sentence: windows by their truth, runs by what they are for, and what was left out and why.</summary>
internal static class DataSummary
{
    public static string Of(TrainingData data, TrainingSets sets)
    {
        var (fitted, judging, heldOut) = (Runs(RunPart.Fit), Runs(RunPart.Validation), Runs(RunPart.HeldOut));
        var used = data.Parts.SelectMany(static part => part).Select(static run => (run.DeviceId, run.RunId)).Distinct().Count();
        var unused = data.Experience.Runs.Count - used;
        var shared = fitted + judging + heldOut - used is > 0 and var parts ? $", {parts} of these as another part of a run" : "";
        var epochs = sets.Validation is null ? " (not used: too few)" : "";
        return $"{sets.Windows} windows ({Truth(data, sets)}, {sets.Replayed} replayed) of {fitted} runs, {judging} runs judge the epochs{epochs}, "
            + $"{heldOut} runs held out{shared}, {unused} without {Lacking(data.Recipe.Head)} left out{LeftOut(data)}";

        int Runs(RunPart part) => data.Parts[part].Count();
    }

    private static string Truth(TrainingData data, TrainingSets sets)
    {
        if (data.Recipe.Head is not (ModelHead.Classes or ModelHead.RemainingLife)) return $"{sets.Anomalous} anomalous";
        var slices = sets.Truths.GroupBy(pair => data.Recipe.SliceOf(pair.Truth));
        return string.Join(", ", slices.Select(slice => $"{slice.Sum(pair => pair.Windows)} {slice.Key}"));
    }

    private static string Lacking(ModelHead head) => head switch
    {
        ModelHead.Classes => "a named window",
        ModelHead.RemainingLife => "a known failure",
        _ => "calibration rows",
    };

    private static string LeftOut(TrainingData data)
    {
        var experiences = string.Concat(data.Experience.LeftOut.Select(pair => $"; {pair.Value} experiences left out: {pair.Key}"));
        var broken = data.Experience.Runs.Sum(run => run.Broken);
        var rows = broken > 0 ? $"; {broken} rows left out: a value is no number" : "";
        return $"{experiences}{rows}{data.Left}";
    }
}
