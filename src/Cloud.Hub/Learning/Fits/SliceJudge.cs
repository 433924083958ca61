using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Fits;

/// <summary>Loss on each truth and on each run of a machine among the validation windows, after an epoch: a mean over all hides that one
/// of them is being lost.</summary>
internal sealed class SliceJudge : IDisposable
{
    private const int MaxWindows = 256;
    private const int MaxWindowsOfRun = 64;

    /// <summary>Runs that are told apart; of more every so many-th.</summary>
    private const int MaxRuns = 20;

    private const int Batch = 64;
    /// <summary>Before the name of a run, to tell it from a truth.</summary>
    public const string RunPrefix = "run ";

    private readonly LearningRecipe _recipe;
    private readonly Network _network;
    private readonly NetworkRun _run;
    private readonly Sequence _target;
    private readonly Sequence _gradient;
    private readonly List<(string Name, WindowSet Windows)> _slices;

    /// <param name="judging">Those the recipe does not use are passed over.</param>
    /// <param name="runs">Of the machines, as the windows follow each other.</param>
    public SliceJudge(LearningRecipe recipe, Shape input, IReadOnlyList<LabelledWindow> judging, IReadOnlyList<JudgingRun> runs)
    {
        _recipe = recipe;
        _network = new Network(input, recipe.Layers(input), seed: 1);
        _run = new NetworkRun(_network, Batch);
        _target = new Sequence(Batch, recipe.Loss().TargetOf(_network.Output));
        _gradient = new Sequence(Batch, _network.Output);
        _slices = [.. TruthPool.Of(recipe, judging.Where(recipe.Uses)).GroupBy(pool => recipe.SliceOf(pool.Truth))
            .Select(slice => (slice.Key, new WindowSet(recipe, input, Math.Min(MaxWindows, slice.Sum(pool => pool.Windows.Count)), [.. slice]))),
            .. Runs(recipe, input, judging, runs)];
    }

    /// <param name="values">Of the network, as an epoch left them.</param>
    /// <returns>Mean loss by the name of the truth; empty without validation windows.</returns>
    public IReadOnlyDictionary<string, double> Judge(ReadOnlySpan<float> values)
    {
        var told = new SortedDictionary<string, double>(StringComparer.Ordinal);
        if (_slices.Count == 0) return told;
        _network.Load(values);
        var loss = _recipe.Loss();
        foreach (var (name, windows) in _slices)
        {
            var sum = 0.0;
            for (var from = 0; from < windows.Count; from += Batch)
            {
                var count = Math.Min(Batch, windows.Count - from);
                for (var i = 0; i < count; i++) windows.Fill(from + i, _run.Input.SampleSpan(i), _target.SampleSpan(i), null);
                _run.Forward(count);
                loss.Prepare(count, _target);
                if (loss.ComparesSamples) loss.Join(count, _run.Output, _target);
                sum += count * loss.Evaluate(new Lane(0) { To = count }, _run.Output, _target, _gradient);
            }

            told[name] = sum / windows.Count;
        }

        return told;
    }

    public void Dispose()
    {
        _gradient.Dispose();
        _target.Dispose();
        _run.Dispose();
        _network.Dispose();
    }

    private static IEnumerable<(string Name, WindowSet Windows)> Runs(
        LearningRecipe recipe, Shape input, IReadOnlyList<LabelledWindow> judging, IReadOnlyList<JudgingRun> runs)
    {
        var every = Math.Max(1, (runs.Count + MaxRuns - 1) / MaxRuns);
        var from = 0;
        for (var i = 0; i < runs.Count; i++)
        {
            var pools = i % every == 0 ? TruthPool.Of(recipe, judging.Skip(from).Take(runs[i].Windows).Where(recipe.Uses)) : [];
            from += runs[i].Windows;
            if (pools.Count > 0)
                yield return (RunPrefix + runs[i].Run, new WindowSet(
                    recipe, input, Math.Min(MaxWindowsOfRun, pools.Sum(pool => pool.Windows.Count)), pools));
        }
    }
}
