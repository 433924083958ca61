using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Fits;

/// <summary>Network, sets and settings that a package means: the same on every machine that runs this code.</summary>
internal sealed class FitPlan : IDisposable
{
    /// <summary>Epochs without a better validation loss before a fit ends.</summary>
    private const int Patience = 4;

    /// <param name="threads">Workers; they change no bit.</param>
    /// <exception cref="TrainingRefusedException">The windows cannot carry the recipe, or the start values are another network's.</exception>
    public FitPlan(FitPackage package, int threads)
    {
        Recipe = LearningRecipes.Find(package.Header.Recipe, package.Header.Classes);
        Sets = new TrainingSets(Recipe, package.Input, package.Fitted, package.Judging);
        Network = new Network(package.Input, Recipe.Layers(package.Input), package.Header.Seed);
        if (package.Start.Length > 0)
        {
            if (package.Start.Length != Network.Values.Length)
                throw new TrainingRefusedException($"{package.Start.Length} start values for a network of {Network.Values.Length}");
            Network.Load(package.Start);
        }

        Settings = Recipe.Settings with
        {
            Epochs = Recipe.Epochs,
            Seed = package.Header.Seed,
            Threads = threads,
            LearningRate = package.Header.Rate * Recipe.Settings.LearningRate,
            LayerRates = package.Header.LayerRates,
            ReplayShare = Sets.Replay is null ? 0 : TrainingSets.ReplayShare,
            Patience = Sets.Validation is null ? 0 : Patience,
        };
    }

    public LearningRecipe Recipe { get; }

    public TrainingSets Sets { get; }

    public Network Network { get; }

    public TrainingSettings Settings { get; }

    public void Dispose() => Network.Dispose();
}
