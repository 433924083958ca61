using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>Windows as a training set: an epoch is a fixed number of draws, every truth equally often where the recipe balances.</summary>
internal sealed class WindowSet : ITrainingSet
{
    private readonly LearningRecipe _recipe;
    private readonly IReadOnlyList<TruthPool> _pools;

    /// <param name="count">Draws per epoch.</param>
    /// <param name="pools">At least one; where the recipe does not balance only the first is drawn from.</param>
    public WindowSet(LearningRecipe recipe, Shape input, int count, IReadOnlyList<TruthPool> pools)
    {
        _recipe = recipe;
        _pools = recipe.Balances ? pools : [pools[0]];
        Input = input;
        Count = count;
    }

    public Shape Input { get; }

    /// <summary>Draws per epoch.</summary>
    public int Count { get; }

    public void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random)
    {
        var pool = _pools[index % _pools.Count];
        var window = pool.Windows[random?.Next(pool.Windows.Count) ?? index / _pools.Count % pool.Windows.Count];
        window.CopyTo(input);
        if (_recipe.Head == ModelHead.Reconstruction)
        {
            window.CopyTo(target);
        }
        else
        {
            target[0] = _recipe.TargetOf(pool.Truth);
        }

        if (random is not null) _recipe.Augmentation.Apply(input, Input.Channels, random);
    }
}
