using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Windows as a training set: an epoch is a fixed number of draws, by class where the recipe balances.</summary>
internal sealed class WindowSet : ITrainingSet
{
    private readonly LearningRecipe _recipe;
    private readonly IReadOnlyList<float[]> _normal;
    private readonly IReadOnlyList<float[]> _anomalous;

    /// <param name="count">Draws per epoch.</param>
    /// <param name="normal">(T, R) each; at least one, also of the other class where the recipe balances.</param>
    public WindowSet(LearningRecipe recipe, Shape input, int count, IReadOnlyList<float[]> normal, IReadOnlyList<float[]> anomalous)
    {
        _recipe = recipe;
        _normal = normal;
        _anomalous = anomalous;
        Input = input;
        Count = count;
    }

    public Shape Input { get; }

    /// <summary>Draws per epoch.</summary>
    public int Count { get; }

    public void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random)
    {
        var anomalous = _recipe.Balances ? index % 2 == 1 : _normal.Count == 0;
        var pool = anomalous ? _anomalous : _normal;
        var window = pool[random?.Next(pool.Count) ?? (_recipe.Balances ? index / 2 : index) % pool.Count];
        window.CopyTo(input);
        if (_recipe.Head == ModelHead.Reconstruction)
        {
            window.CopyTo(target);
        }
        else
        {
            target[0] = anomalous ? 1 : 0;
        }

        if (random is not null) _recipe.Augmentation.Apply(input, Input.Channels, random);
    }
}
