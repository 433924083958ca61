using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Learning.Search;

/// <summary>The hyperparameters of a classifier's recipe that a search may move.</summary>
internal static class ClassRecipeSpace
{
    private const string LearningRate = "learningRate";
    private const string WeightDecay = "weightDecay";
    private const string WarmupShare = "warmupShare";
    private const string Noise = "noise";
    private const string Smoothing = "smoothing";
    private const string Clip = "clip";

    public static IReadOnlyList<SearchDimension> Dimensions { get; } =
    [
        new(LearningRate, 3e-4, 2e-2, IsLogarithmic: true),
        new(WeightDecay, 1e-4, 0.3, IsLogarithmic: true),
        new(WarmupShare, 0, 0.5),
        new(Noise, 0, 0.6),
        new(Smoothing, 0, 0.2),
        new(Clip, 1, 12, IsLogarithmic: true),
    ];

    /// <param name="values">By name, all of <see cref="Dimensions"/>.</param>
    /// <param name="share">Share of the recipe's steps, (0, 1].</param>
    public static ClassRecipe With(ClassRecipe recipe, IReadOnlyDictionary<string, double> values, double share) => recipe with
    {
        Noise = (float)values[Noise],
        Smoothing = (float)values[Smoothing],
        Clip = (float)values[Clip],
        Steps = Math.Max(1, (int)(recipe.Steps * share)),
        Settings = recipe.Settings with
        {
            LearningRate = (float)values[LearningRate],
            WeightDecay = (float)values[WeightDecay],
            WarmupShare = (float)values[WarmupShare],
        },
    };

    /// <summary>The recipe's own hyperparameters, in the order of <see cref="Dimensions"/>.</summary>
    public static IReadOnlyList<double> Of(ClassRecipe recipe) =>
        [recipe.Settings.LearningRate, recipe.Settings.WeightDecay, recipe.Settings.WarmupShare, recipe.Noise, recipe.Smoothing, recipe.Clip];
}
