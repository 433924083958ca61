using System.Globalization;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Workers;

/// <summary>Every setting of a fit as text, for its record.</summary>
internal static class Hyperparameters
{
    public static IReadOnlyDictionary<string, string> Of(LearningRecipe recipe, TrainingSettings settings, Network network) =>
        new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["architecture"] = FitFingerprint.Architecture(network),
        ["parameters"] = Text(network.ParameterCount),
        ["steps"] = Text(recipe.Steps),
        ["epochs"] = Text(settings.Epochs),
        ["batchSize"] = Text(settings.BatchSize),
        ["optimiser"] = $"{settings.Optimiser}",
        ["schedule"] = $"{settings.Schedule}",
        ["learningRate"] = Text(settings.LearningRate),
        ["warmupShare"] = Text(settings.WarmupShare),
        ["weightDecay"] = Text(settings.WeightDecay),
        ["clipNorm"] = Text(settings.ClipNorm),
        ["patience"] = Text(settings.Patience),
        ["averageDecay"] = Text(settings.AverageDecay),
        ["replayShare"] = Text(settings.ReplayShare),
        ["layerRates"] = string.Join(' ', settings.LayerRates.Select(rate => Text(rate))),
        ["guardBudget"] = Text(recipe.GuardBudget),
        ["cutStride"] = Text(recipe.CutStride),
        ["seed"] = Text(settings.Seed),
    };

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
