using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Search;

namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>1 − macro F1 of a classifier on groups (people, batches) that its fit did not see, every group left out once.</summary>
internal sealed class ClassObjective : ISearchObjective
{
    private const int Folds = 3;
    private readonly ClassRecipe _recipe;
    private readonly IReadOnlyList<(IReadOnlyList<ClassSample> Fitted, IReadOnlyList<ClassSample> Judged)> _folds;

    /// <exception cref="CorpusException">One group only: nothing could be judged that was not fitted.</exception>
    public ClassObjective(ClassRecipe recipe, IReadOnlyList<ClassSample> samples)
    {
        _recipe = recipe;
        var groups = samples.Select(sample => sample.Group).Distinct().Order(StringComparer.Ordinal).Select((group, i) => (group, i))
            .ToDictionary(pair => pair.group, pair => pair.i);
        if (groups.Count < 2)
            throw new CorpusException($"recipe {recipe.Name}: {groups.Count} group of recordings; a search leaves groups out, so it needs two");
        var folds = Math.Min(Folds, groups.Count);
        _folds =
        [
            .. Enumerable.Range(0, folds).Select(fold => (
                (IReadOnlyList<ClassSample>)[.. samples.Where(sample => groups[sample.Group] % folds != fold)],
                (IReadOnlyList<ClassSample>)[.. samples.Where(sample => groups[sample.Group] % folds == fold)])),
        ];
    }

    public double Evaluate(IReadOnlyDictionary<string, double> values, double share, CancellationToken cancellation)
    {
        var recipe = ClassRecipeSpace.With(_recipe, values, share);
        var score = new ClassScore(recipe.Classes.Count);
        try
        {
            foreach (var (fitted, judged) in _folds) score.Add(ClassTrainer.Judge(recipe, fitted, judged, cancellation));
        }
        catch (CorpusException)
        {
            return double.NaN;
        }

        return 1 - score.MacroF1;
    }
}
