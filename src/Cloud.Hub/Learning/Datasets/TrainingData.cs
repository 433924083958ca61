using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Experience cut into what a fit takes.</summary>
/// <param name="Recipe">With everything that the data settled: classes, standardisation.</param>
/// <param name="Parts">Runs by what they are for.</param>
/// <param name="Input">(T, R).</param>
/// <param name="Fitted">To learn from.</param>
/// <param name="Judging">To judge epochs by.</param>
internal sealed record TrainingData(
    LearningRecipe Recipe, FleetExperience Experience, ILookup<RunPart, RunRows> Parts, Shape Input, IReadOnlyList<LabelledWindow> Fitted,
    IReadOnlyList<LabelledWindow> Judging)
{
    /// <summary>What else was left out and why, for the run's message.</summary>
    public string Left { get; init; } = "";
}
