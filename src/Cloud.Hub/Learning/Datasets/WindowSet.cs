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

    /// <param name="windows">Those the recipe uses.</param>
    /// <exception cref="TrainingRefusedException">None, or one class only where two are needed.</exception>
    public WindowSet(LearningRecipe recipe, Shape input, IEnumerable<LabelledWindow> windows)
    {
        _recipe = recipe;
        Input = input;
        var byClass = windows.ToLookup(window => window.Anomalous == true, window => window.Features);
        _normal = [.. byClass[false]];
        _anomalous = [.. byClass[true]];
        if (Windows == 0) throw new TrainingRefusedException($"recipe {recipe.Name}: no window to learn from");
        if (recipe.Balances && (_normal.Count == 0 || _anomalous.Count == 0))
            throw new TrainingRefusedException($"recipe {recipe.Name} needs both classes: {_normal.Count} normal and {_anomalous.Count} anomalous windows");
    }

    public int Windows => _normal.Count + _anomalous.Count;

    public int Anomalous => _anomalous.Count;

    public Shape Input { get; }

    /// <summary>Draws per epoch.</summary>
    public int Count => _recipe.Steps * _recipe.Settings.BatchSize / _recipe.Epochs;

    /// <summary>Windows for quantization's ranges, spread evenly, as the exported graph takes them: (R, T).</summary>
    public IEnumerable<float[]> Calibration(int count)
    {
        var all = _normal.Concat(_anomalous).ToList();
        count = Math.Min(count, all.Count);
        for (var i = 0; i < count; i++)
        {
            var source = all[(int)((long)i * all.Count / count)];
            var turned = new float[source.Length];
            for (var j = 0; j < source.Length; j++) turned[(j % Input.Channels * Input.Length) + (j / Input.Channels)] = source[j];
            yield return turned;
        }
    }

    public void Fill(int index, Span<float> input, Span<float> target, SeededRandom? random)
    {
        var anomalous = _recipe.Balances && index % 2 == 1;
        var pool = anomalous ? _anomalous : _normal;
        var window = pool[random?.Next(pool.Count) ?? index % pool.Count];
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
