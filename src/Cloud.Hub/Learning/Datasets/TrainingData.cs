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
    /// <summary>Kinds of machine that the model is made for: those it will be measured on, or, while no run is
    /// held out, those it learns from.</summary>
    /// <exception cref="TrainingRefusedException">None, or more than a package can name.</exception>
    public IReadOnlyList<string> Hardware =>
        Experience.ProvenHardware(Parts.Contains(RunPart.HeldOut) ? Parts[RunPart.HeldOut] : Experience.Runs, Recipe.Window.Length);

    /// <summary>What else was left out and why, for the run's message.</summary>
    public string Left { get; init; } = "";
}
