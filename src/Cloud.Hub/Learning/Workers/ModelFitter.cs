using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Fits;
using Cloud.Hub.Learning.Pictures;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Workers;

/// <summary>From windows to ONNX in both precisions: settles what to start from, has a worker fit it, quantizes what comes back.</summary>
internal sealed class ModelFitter(RunStore store, FitJobs jobs, IRunReporter reporter)
{
    /// <summary>Windows that quantization ranges come from (design facts on quantization, section 8).</summary>
    private const int CalibrationWindows = 500;
    private const double Progress = 0.7;

    /// <summary>Factor of the rate where a parent's values go on: large steps would undo them.</summary>
    private const float GentleRate = 0.2f;

    /// <summary>The fit of a run, ready for a worker.</summary>
    /// <exception cref="TrainingRefusedException">The data cannot carry it, or the parent's values are another network's.</exception>
    public FitPackage Package(TrainingRunView run, LearningRecipe recipe, Shape input, IReadOnlyList<LabelledWindow> fitted, IReadOnlyList<LabelledWindow> judging)
    {
        var seed = (ulong)run.Request.Seed;
        var package = new FitPackage
        {
            Header = new FitHeader { Recipe = recipe.Name, Seed = seed, InputLength = input.Length, InputChannels = input.Channels },
            Fitted = fitted,
            Judging = judging,
        };
        if (run.Request.Transfer is not { } transfer) return package;
        using var network = new Network(input, recipe.Layers(input), seed);
        return new FitPackage
        {
            Header = package.Header with { LayerRates = Rates(network, transfer), Rate = GentleRate },
            Fitted = fitted,
            Judging = judging,
            Start = ParentValues(run.Request.ParentDigest!, network),
        };
    }

    /// <param name="run">The run, in state training.</param>
    /// <param name="dataDigest">Of the data it learns from and is judged on.</param>
    /// <returns>The model with the values it was made of, and the run with its curves.</returns>
    /// <exception cref="TrainingRefusedException">The fit gave no values; the message says why.</exception>
    public async Task<(FittedModel Model, float[] Values, string Architecture, TrainingRunView Run)> FitAsync(
        TrainingRunView run, FitPackage package, string dataDigest, CancellationToken cancellation)
    {
        using var plan = new FitPlan(package, threads: 1);
        run = run with { Hyperparameters = Hyperparameters.Of(plan.Recipe, plan.Settings, plan.Network) };
        await reporter.ReportAsync(run, cancellation);
        var fit = FitFingerprint.Of(dataDigest, plan.Network, plan.Settings);
        var outcome = await jobs.OutcomeAsync(run.RunId, fit, run.Request.Priority, package.ToBytes(), cancellation);
        if (outcome.Refusal is { } refusal) throw new TrainingRefusedException(refusal);
        if (outcome.Values.Length != plan.Network.Values.Length || outcome.Values.Any(value => !float.IsFinite(value)))
            throw new TrainingRefusedException($"the worker gave {outcome.Values.Length} values, not all finite, for a network of {plan.Network.Values.Length}");
        plan.Network.Load(outcome.Values);
        run = (store.Find(run.RunId) ?? run) with
        {
            State = RunStates.Quantizing,
            Progress = Progress,
            Message = outcome.Divergence is { } broken ? $"the fit {broken}; going on with epoch {outcome.BestEpoch}" : $"fitted, {plan.Network.ParameterCount} parameters",
            LossCurve = outcome.Losses,
            ValidationCurve = outcome.Validations,
            Picture = CurveChart.Draw(
                $"{run.Request.ModelName}, {run.Request.Recipe}", "epoch", "loss", [("training", Points(outcome.Losses)), ("validation runs", Points(outcome.Validations))]),
        };
        await reporter.ReportAsync(run, cancellation);
        var model = await Task.Run(() => ModelExport.Write(OperationBuilder.Build(plan.Network), plan.Recipe, plan.Sets.Calibration(CalibrationWindows)), cancellation);
        return (model, outcome.Values, FitFingerprint.Architecture(plan.Network), run);
    }

    private static IReadOnlyList<(double X, double Y)> Points(IEnumerable<double> losses) => [.. losses.Select((loss, i) => ((double)(i + 1), loss))];

    private float[] ParentValues(string parent, Network network)
    {
        if (store.Weights(parent) is not { } kept) throw new TrainingRefusedException($"transfer: this hub keeps no values of parent {parent}; start from nothing");
        var wanted = FitFingerprint.Architecture(network);
        return kept.Architecture == wanted
            ? kept.Values
            : throw new TrainingRefusedException($"transfer: parent {parent} is {kept.Architecture}, the recipe makes {wanted}");
    }

    private static float[] Rates(Network network, TransferRequest transfer)
    {
        var layers = network.Layers.Count(layer => layer.Parameters.Count > 0);
        if (transfer.FrozenLayers >= layers) throw new TrainingRefusedException($"transfer: {transfer.FrozenLayers} frozen layers of {layers} that learn leave none");
        return [.. Enumerable.Range(0, layers).Select(layer => layer < transfer.FrozenLayers ? 0f : layer == layers - 1 ? 1f : (float)transfer.BodyRate)];
    }
}
