using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Windows of a fleet for a detector, normalised by each run's own calibration rows.</summary>
internal static class DetectorData
{
    /// <summary>Runs with enough calibration rows.</summary>
    public static IReadOnlyList<RunRows> Usable(LearningRecipe recipe, FleetExperience experience)
    {
        var cutter = Cutter(recipe, experience);
        return [.. experience.Runs.Where(cutter.IsCalibrated)];
    }

    public static TrainingData Prepare(
        LearningRecipe recipe, FleetExperience experience, ILookup<RunPart, RunRows> parts, int maxFitted, int maxJudging)
    {
        var cutter = Cutter(recipe, experience);
        return new TrainingData(recipe, experience, parts, cutter.Input, Cut(RunPart.Fit, maxFitted), Cut(RunPart.Validation, maxJudging));

        IReadOnlyList<LabelledWindow> Cut(RunPart part, int most) =>
            WindowThinning.AtMost([.. parts[part].SelectMany(run => cutter.Cut(run, recipe.CutStride)).Where(recipe.Uses)], most);
    }

    private static WindowCutter Cutter(LearningRecipe recipe, FleetExperience experience) =>
        new(experience, recipe.Features, recipe.Window, recipe.Threshold.CalibrationRows);
}
