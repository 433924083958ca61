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

    private readonly IReadOnlyList<float[]> _normal;
    private readonly IReadOnlyList<float[]> _anomalous;

    /// <param name="fitted">Windows of the runs to learn from; those the recipe does not use are passed over.</param>
    /// <param name="validation">Windows of the runs that judge; too few classes there: every epoch is judged by its training loss.</param>
    /// <exception cref="TrainingRefusedException">No window, or one class only where two are needed.</exception>
    public TrainingSets(LearningRecipe recipe, Shape input, IEnumerable<LabelledWindow> fitted, IEnumerable<LabelledWindow> validation)
    {
        Input = input;
        var windows = fitted.Where(recipe.Uses).ToList();
        _normal = Features(windows, isAnomalous: false);
        _anomalous = Features(windows, isAnomalous: true);
        if (windows.Count == 0) throw new TrainingRefusedException($"recipe {recipe.Name}: no window to learn from");
        if (recipe.Balances && (_normal.Count == 0 || _anomalous.Count == 0))
            throw new TrainingRefusedException($"recipe {recipe.Name} needs both classes: {_normal.Count} normal and {_anomalous.Count} anomalous windows");
        var fresh = windows.Where(window => window.IsNew).ToList();
        var known = windows.Where(window => !window.IsNew).ToList();
        var draws = recipe.Steps * recipe.Settings.BatchSize / recipe.Epochs;
        var mixes = fresh.Count > 0 && known.Count > 0;
        Replayed = mixes ? known.Count : 0;
        // A class that is not among the new windows is drawn from all.
        Fresh = mixes ? Set(fresh, (int)MathF.Round(draws * (1 - ReplayShare))) : new WindowSet(recipe, input, draws, _normal, _anomalous);
        Replay = mixes ? Set(known, known.Count) : null;
        var judging = validation.Where(recipe.Uses).ToList();
        var (normal, anomalous) = (Features(judging, isAnomalous: false), Features(judging, isAnomalous: true));
        if (judging.Count > 0 && (!recipe.Balances || (normal.Count > 0 && anomalous.Count > 0)))
            Validation = new WindowSet(recipe, input, Math.Min(MaxValidation, recipe.Balances ? 2 * Math.Max(normal.Count, anomalous.Count) : judging.Count), normal, anomalous);

        WindowSet Set(List<LabelledWindow> some, int count)
        {
            var (healthy, faulty) = (Features(some, isAnomalous: false), Features(some, isAnomalous: true));
            return recipe.Balances
                ? new WindowSet(recipe, input, count, healthy.Count > 0 ? healthy : _normal, faulty.Count > 0 ? faulty : _anomalous)
                : new WindowSet(recipe, input, count, healthy, faulty);
        }
    }

    /// <summary>(T, R).</summary>
    public Shape Input { get; }

    public WindowSet Fresh { get; }

    /// <summary>Null when the parent knows nothing, or everything.</summary>
    public WindowSet? Replay { get; }

    /// <summary>Null when no run is set aside, or they hold one class only.</summary>
    public WindowSet? Validation { get; }

    /// <summary>Windows to learn from.</summary>
    public int Windows => _normal.Count + _anomalous.Count;

    public int Anomalous => _anomalous.Count;

    /// <summary>Windows among them that the parent has learnt from.</summary>
    public int Replayed { get; }

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

    private static IReadOnlyList<float[]> Features(IEnumerable<LabelledWindow> windows, bool isAnomalous) =>
        [.. windows.Where(window => (window.Anomalous == true) == isAnomalous).Select(window => window.Features)];
}
