using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Recipes;

namespace Cloud.Hub.Learning.Evaluation;

/// <summary>Makes the band of remaining life hold the truth as often as it says, on runs that the fit did not learn from.</summary>
/// <remarks>Those runs chose the best epoch too, so the promise is a little too good for machines that differ from them.</remarks>
internal static class LifeBand
{
    /// <param name="judging">Standardised.</param>
    /// <exception cref="TrainingRefusedException">Too few windows for the promise.</exception>
    public static double Fit(IReadOnlyList<Operation> operations, LearningRecipe recipe, IEnumerable<LabelledWindow> judging)
    {
        var run = new OperationRun(operations);
        var (answers, truth) = (new List<float[]>(), new List<float>());
        foreach (var window in judging.Where(recipe.Uses))
        {
            window.Features.CopyTo(run.Input);
            run.Run();
            answers.Add(run.Output.ToArray());
            truth.Add(recipe.TargetOf(recipe.TruthOf(window)));
        }

        try
        {
            return LifeRecipe.Calibrate(answers, truth);
        }
        catch (ArgumentException few)
        {
            throw new TrainingRefusedException($"recipe {recipe.Name}: {few.Message}");
        }
    }
}
