using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Learning.Corpora.Skab;

/// <summary>How SKAB's detector is made: the recipe <c>anomaly-logit</c> with the longer fit that whole labelled recordings feed,
/// three times, averaged. Chosen by leave-files-out fits on the development half.</summary>
internal static class SkabRecipe
{
    /// <summary>Members of the ensemble: fits that differ by their seed only.</summary>
    public const int Members = 3;

    public const double RateHz = 1;

    /// <summary>Alarms from a logit of 0.2: the classes are drawn evenly in training, and F1 hardly
    /// moves between 0 and 0.3 while false alarms fall.</summary>
    private const double Threshold = 0.2;

    public static LearningRecipe Recipe { get; } = Make(LearningRecipes.Find("anomaly-logit"));

    private static LearningRecipe Make(LearningRecipe recipe) => recipe with
    {
        Name = "skab",
        Threshold = recipe.Threshold with { Floor = Threshold, Ceiling = Threshold, CalibrationRows = SkabFile.CalibrationRows },
        Augmentation = recipe.Augmentation with { Offset = 0.5f },
        Steps = 500,
    };
}
