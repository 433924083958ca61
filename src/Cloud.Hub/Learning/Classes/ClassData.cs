using System.Globalization;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Recipes;
using Hmas.Contracts.Models;
using Hmas.Signals;

namespace Cloud.Hub.Learning.Classes;

/// <summary>Labelled windows of a fleet for a classifier: settles the classes, cuts, standardises.</summary>
internal static class ClassData
{
    /// <summary>A name that fewer windows bear is no class yet.</summary>
    public const int LeastWindows = 20;

    private const int MaxClasses = 64;

    /// <summary>Runs of which at least one window bears a name.</summary>
    public static IReadOnlyList<RunRows> Usable(ClassRecipe recipe, FleetExperience experience)
    {
        var cutter = Cutter(recipe, experience);
        return [.. experience.Runs.Where(run => cutter.Names(run, recipe.Window.Stride).Any(name => name is not null && IsWanted(recipe, name)))];
    }

    /// <param name="parent">Its classes stay, in their order; null: none.</param>
    /// <param name="keepsScale">Standardises as the parent does: its values go on.</param>
    /// <exception cref="TrainingRefusedException">No class has enough windows, or there are too many.</exception>
    public static TrainingData Prepare(
        ClassRecipe recipe, FleetExperience experience, ILookup<RunPart, RunRows> parts, ModelManifest? parent, bool keepsScale, int maxFitted,
        int maxJudging)
    {
        var cutter = Cutter(recipe, experience);
        var (classes, left) = Classes(recipe, parts[RunPart.Fit].SelectMany(run => cutter.Names(run, recipe.Window.Stride)), parent);
        var settled = ClassRecipes.Find(recipe.Name, classes) with { Channels = experience.Channels, RateHz = experience.RateHz };
        var index = classes.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.OrdinalIgnoreCase);
        var (fitted, judging) = (Cut(RunPart.Fit, maxFitted), Cut(RunPart.Validation, maxJudging));
        if (fitted.Count == 0)
            throw new TrainingRefusedException($"recipe {recipe.Name}: no window of the runs to learn from is labelled {string.Join(", ", classes)}");
        var scale = keepsScale ? parent!.Recipe.Standardisation! : Standardising.Fit([.. fitted.Select(window => window.Features)], recipe.Clip);
        if (scale.Centre.Count != cutter.Input.Count)
            throw new TrainingRefusedException(
                $"transfer: the parent reads {scale.Centre.Count} values of a window, recipe {recipe.Name} {cutter.Input.Count} of these channels");
        var apply = new VectorScale(scale, scale.Centre.Count);
        foreach (var window in fitted.Concat(judging)) apply.Apply(window.Features);
        var learning = settled.ToLearning();
        return new TrainingData(
            learning with { Features = learning.Features with { Standardisation = scale } }, experience, parts, cutter.Input, fitted,
            judging) { Left = left };

        List<LabelledWindow> Cut(RunPart part, int most) =>
            [.. WindowThinning.AtMost(
                [.. parts[part].SelectMany(run => cutter.CutNamed(
                    run, recipe.Window.Stride, name => name is null ? LabelledWindow.NoClass : index.GetValueOrDefault(name, LabelledWindow.NoClass)))
                .Where(window => window.Class != LabelledWindow.NoClass)], most)];
    }

    /// <summary>Windows as a search takes them: before standardisation, each with its run as the group
    /// that must not stand on both sides of a split.</summary>
    /// <param name="recipe">With its classes.</param>
    public static IReadOnlyList<ClassSample> Samples(ClassRecipe recipe, FleetExperience experience, IEnumerable<RunRows> runs)
    {
        var cutter = Cutter(recipe, experience);
        int IndexOf(string? name) =>
            name is null
                ? LabelledWindow.NoClass : recipe.Classes.ToList().FindIndex(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase));
        return [.. runs.SelectMany(run => cutter.CutNamed(run, recipe.Window.Stride, IndexOf).Where(window => window.Class != LabelledWindow.NoClass)
            .Select(window => new ClassSample(window.Features, window.Class, run.RunId)))];
    }

    private static WindowCutter Cutter(ClassRecipe recipe, FleetExperience experience) =>
        new(experience, recipe.Features, recipe.Window, calibrationRows: 0);

    private static bool IsWanted(ClassRecipe recipe, string name) =>
        recipe.Classes.Count == 0 || recipe.Classes.Contains(name, StringComparer.OrdinalIgnoreCase);

    private static (IReadOnlyList<string> Classes, string Left) Classes(ClassRecipe recipe, IEnumerable<string?> names, ModelManifest? parent)
    {
        var counts = names.OfType<string>().GroupBy(name => name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.OrdinalIgnoreCase);
        if (recipe.Classes.Count > 0) return (recipe.Classes, Text(counts.Where(pair => !IsWanted(recipe, pair.Key)), "is no class of the recipe"));
        IReadOnlyList<string> before = parent?.Classes ?? [];
        var fresh = counts.Where(pair => !before.Contains(pair.Key, StringComparer.OrdinalIgnoreCase)).ToLookup(pair => pair.Value >= LeastWindows);
        List<string> classes = [.. before, .. fresh[true].Select(pair => pair.Key).Order(StringComparer.Ordinal)];
        if (classes.Count < 2)
            throw new TrainingRefusedException(
                $"recipe {recipe.Name} needs two named states with {LeastWindows} labelled windows each in the runs to learn from; there {(classes.Count == 0 ? "is none" : $"is {classes[0]}")}{Text(fresh[false], "has too few windows")}");
        if (classes.Count > MaxClasses)
            throw new TrainingRefusedException($"recipe {recipe.Name}: labels give {classes.Count} names, more than {MaxClasses}");
        return (classes, Text(fresh[false], "has too few windows"));
    }

    private static string Text(IEnumerable<KeyValuePair<string, int>> names, string why) =>
        string.Concat(
            names.OrderBy(pair => pair.Key, StringComparer.Ordinal).Take(MaxClasses)
                .Select(pair => string.Create(CultureInfo.InvariantCulture, $"; {pair.Value} windows left out: '{pair.Key}' {why}")));
}
