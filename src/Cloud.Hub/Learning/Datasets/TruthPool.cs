using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Windows of one truth.</summary>
/// <param name="Truth">As <see cref="Recipes.LearningRecipe.TruthOf"/>.</param>
/// <param name="Windows">(T, R) each.</param>
internal sealed record TruthPool(int Truth, IReadOnlyList<float[]> Windows)
{
    /// <summary>In ascending truth, none empty.</summary>
    public static IReadOnlyList<TruthPool> Of(Recipes.LearningRecipe recipe, IEnumerable<LabelledWindow> windows) =>
        [.. windows.GroupBy(recipe.TruthOf).OrderBy(group => group.Key)
            .Select(group => new TruthPool(group.Key, [.. group.Select(window => window.Features)]))];
}
