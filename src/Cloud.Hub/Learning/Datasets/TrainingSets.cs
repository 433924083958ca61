using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Datasets;

/// <summary>What a fit learns from: new experience, replay against forgetting, and windows of other runs that judge each epoch.</summary>
internal sealed class TrainingSets
{
    /// <summary>Share of each batch that is replay, once there is a parent whose experience can be replayed.</summary>
    public const float ReplayShare = 0.5f;

    /// <summary>Judging takes at most so many windows an epoch.</summary>
    private const int MaxValidation = 2048;

    private const int LeastTruths = 2;

    private readonly IReadOnlyList<TruthPool> _pools;

    /// <param name="fitted">Windows of the runs to learn from; those the recipe does not use are passed over.</param>
    /// <param name="validation">Windows of the runs that judge; too few truths there: every epoch is judged by its training loss.</param>
    /// <exception cref="TrainingRefusedException">No window, or one truth only where two are needed.</exception>
    public TrainingSets(LearningRecipe recipe, Shape input, IEnumerable<LabelledWindow> fitted, IEnumerable<LabelledWindow> validation)
    {
        Input = input;
        var windows = fitted.Where(recipe.Uses).ToList();
        _pools = TruthPool.Of(recipe, windows);
        Anomalous = windows.Count(window => window.Anomalous == true);
        if (windows.Count == 0)
        {
            throw new TrainingRefusedException(
                $"recipe {recipe.Name}: no window to learn from; a device that has no model sends some when its first rows have passed, 400 unless "
                + "pipeline:calibrationRows says otherwise");
        }

        if (recipe.Balances && _pools.Count < LeastTruths) throw new TrainingRefusedException(TooFew(recipe, windows.Count));
        var fresh = windows.Where(window => window.IsNew).ToList();
        var known = windows.Where(window => !window.IsNew).ToList();
        var draws = recipe.Steps * recipe.Settings.BatchSize / recipe.Epochs;
        var mixes = fresh.Count > 0 && known.Count > 0;
        Replayed = mixes ? known.Count : 0;
        Fresh = mixes ? Set(fresh, (int)MathF.Round(draws * (1 - ReplayShare))) : new WindowSet(recipe, input, draws, _pools);
        Replay = mixes ? Set(known, known.Count) : null;
        var judging = TruthPool.Of(recipe, validation.Where(recipe.Uses));
        if (judging.Count >= (recipe.Balances ? LeastTruths : 1))
            Validation = new WindowSet(
                recipe, input,
                Math.Min(MaxValidation, recipe.Balances ? judging.Count * judging.Max(pool => pool.Windows.Count) : judging[0].Windows.Count),
                judging);

        // A truth that is not among these windows is drawn from all.
        WindowSet Set(List<LabelledWindow> some, int count)
        {
            var present = TruthPool.Of(recipe, some);
            return new WindowSet(
                recipe, input, count,
                recipe.Balances ? [.. _pools.Select(all => present.FirstOrDefault(pool => pool.Truth == all.Truth) ?? all)] : present);
        }
    }

    /// <summary>(T, R).</summary>
    public Shape Input { get; }

    public WindowSet Fresh { get; }

    /// <summary>Null when the parent knows nothing, or everything.</summary>
    public WindowSet? Replay { get; }

    /// <summary>Null when no run is set aside, or they hold one truth only.</summary>
    public WindowSet? Validation { get; }

    /// <summary>Windows to learn from.</summary>
    public int Windows => _pools.Sum(pool => pool.Windows.Count);

    public int Anomalous { get; }

    /// <summary>Windows of each truth to learn from.</summary>
    public IReadOnlyList<(int Truth, int Windows)> Truths => [.. _pools.Select(pool => (pool.Truth, pool.Windows.Count))];

    /// <summary>Windows among them that the parent has learnt from.</summary>
    public int Replayed { get; }

    /// <summary>Windows for quantization's ranges, spread evenly, as the exported graph takes them: (R, T).</summary>
    public IEnumerable<float[]> Calibration(int count)
    {
        var all = _pools.SelectMany(pool => pool.Windows).ToList();
        count = Math.Min(count, all.Count);
        for (var i = 0; i < count; i++)
        {
            var source = all[(int)((long)i * all.Count / count)];
            var turned = new float[source.Length];
            for (var j = 0; j < source.Length; j++) turned[(j % Input.Channels * Input.Length) + (j / Input.Channels)] = source[j];
            yield return turned;
        }
    }

    private string TooFew(LearningRecipe recipe, int windows)
    {
        if (recipe.Classes.Count > 0)
            return $"recipe {recipe.Name} needs two classes: all {windows} labelled windows are {recipe.Classes[_pools[0].Truth]}";
        if (recipe.Head == Hmas.Contracts.Models.ModelHead.RemainingLife)
            return $"recipe {recipe.Name} needs windows of different remaining life: all {windows} are {recipe.SliceOf(_pools[0].Truth)} of the horizon";
        return $"recipe {recipe.Name} needs both classes: {windows - Anomalous} normal and {Anomalous} anomalous windows";
    }
}
