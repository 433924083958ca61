using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Recipes;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Classes;

/// <summary>What makes a classifier's probabilities mean what they say: temperature and prediction set,
/// from windows of runs that the fit did not learn from.</summary>
/// <remarks>Those runs chose the best epoch too, so the promise is a little too good for runs that differ from them.</remarks>
internal static class ClassUncertainty
{
    /// <summary>Share of windows whose true class the prediction set must hold.</summary>
    private const double Coverage = 0.95;

    /// <param name="judging">Standardised; those without a class are passed over. Every other one
    /// sets the temperature, the rest the prediction set.</param>
    /// <returns>1 and null when there are none.</returns>
    public static (double Temperature, PredictionSet? Set) Fit(IReadOnlyList<Operation> operations, IEnumerable<LabelledWindow> judging)
    {
        var run = new OperationRun(operations);
        var (logits, classes) = ((List<float[]>[])[[], []], (List<int>[])[[], []]);
        var turn = 0;
        foreach (var window in judging.Where(window => window.Class != LabelledWindow.NoClass))
        {
            window.Features.CopyTo(run.Input);
            run.Run();
            logits[turn].Add(run.Output.ToArray());
            classes[turn].Add(window.Class);
            turn = 1 - turn;
        }

        var temperature = Temperature.Fit(logits[0], classes[0]);
        return (temperature, ConformalSet.Fit(logits[1], classes[1], temperature, Coverage));
    }
}
