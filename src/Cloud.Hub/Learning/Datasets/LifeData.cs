using Cloud.Hub.Learning.Recipes;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Windows of machines whose failure is known, each with the life that was left: settles the horizon, cuts, standardises.</summary>
internal static class LifeData
{
    /// <summary>Runs with at least one window before a failure.</summary>
    public static IReadOnlyList<RunRows> Usable(LearningRecipe recipe, FleetExperience experience)
    {
        var cutter = Cutter(recipe, experience);
        return [.. experience.Runs.Where(run => cutter.LastRows(run, recipe.CutStride).Any(row => experience.RowsLeft(run, row) is not null))];
    }

    /// <param name="parent">Its horizon stays, so that errors can be compared; null: the data settle one.</param>
    /// <param name="keepsScale">Standardises as the parent does: its values go on.</param>
    /// <exception cref="TrainingRefusedException">No failure is known of runs to learn from, or to promise the band by.</exception>
    public static TrainingData Prepare(
        LearningRecipe recipe, FleetExperience experience, ILookup<RunPart, RunRows> parts, ModelManifest? parent, bool keepsScale, int maxFitted,
        int maxJudging)
    {
        foreach (var (part, use) in new[] { (RunPart.Fit, "to learn from"), (RunPart.Validation, "to promise the band by") })
        {
            if (!parts[part].Any())
                throw new TrainingRefusedException(
                    $"recipe {recipe.Name}: no run {use} has a known failure; {parts.Sum(runs => runs.Count())} runs have (hmas label failed)");
        }

        var cutter = Cutter(recipe, experience);
        var horizon = parent?.RemainingLife?.HorizonRows ?? LifeRecipe.HorizonOf(Lives(experience, parts[RunPart.Fit]));
        var (fitted, judging) = (Cut(RunPart.Fit, maxFitted), Cut(RunPart.Validation, maxJudging));
        var scale = keepsScale
            ? parent!.Recipe.Standardisation! : Standardising.Fit([.. fitted.Select(window => window.Features)], LifeRecipe.Clip);
        if (scale.Centre.Count != cutter.Input.Count)
            throw new TrainingRefusedException(
                $"transfer: the parent reads {scale.Centre.Count} values of a window, recipe {recipe.Name} {cutter.Input.Count} of these channels");
        var apply = new VectorScale(scale, scale.Centre.Count);
        foreach (var window in fitted.Concat(judging)) apply.Apply(window.Features);
        return new TrainingData(
            recipe with { HorizonRows = horizon, Features = recipe.Features with { Standardisation = scale } }, experience, parts, cutter.Input,
            fitted, judging);

        IReadOnlyList<LabelledWindow> Cut(RunPart part, int most) =>
            WindowThinning.AtMost([.. parts[part].SelectMany(run => cutter.Cut(
                run, recipe.CutStride, row => experience.RowsLeft(run, row) is { } left ? LifeRecipe.StepOf(left, horizon) : LabelledWindow.NoClass))
                .Where(recipe.Uses)], most);
    }

    /// <summary>Rows from the first that is known of each life to its failure, whichever run of the machine held it.</summary>
    private static List<double> Lives(FleetExperience experience, IEnumerable<RunRows> runs)
    {
        var lives = new Dictionary<(string DeviceId, long FailedUs), double>();
        foreach (var run in runs)
        {
            foreach (var row in run.Segments().SelectMany(segment => segment))
            {
                if (experience.LabelsOf(run).FailureFrom(run.RunId, row.TimeUs) is not { } failed) continue;
                var left = experience.RowsLeft(run, row)!.Value;
                var life = (run.DeviceId, failed);
                lives[life] = Math.Max(left, lives.GetValueOrDefault(life));
            }
        }

        return [.. lives.Values];
    }

    private static WindowCutter Cutter(LearningRecipe recipe, FleetExperience experience) =>
        new(experience, recipe.Features, recipe.Window, calibrationRows: 0);
}
