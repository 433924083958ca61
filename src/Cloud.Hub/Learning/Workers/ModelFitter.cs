using Cloud.Hub.Learning.Classes;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Federated;
using Cloud.Hub.Learning.Fits;
using Cloud.Hub.Learning.Pictures;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Workers;

/// <summary>From windows to ONNX in both precisions: settles what to start from, has a worker fit it, quantizes what comes back.</summary>
internal sealed class ModelFitter(RunStore store, FitJobs jobs, FederatedRounds rounds, IRunReporter reporter)
{
    /// <summary>Windows that quantization ranges come from (design facts on quantization, section 8).</summary>
    private const int CalibrationWindows = 500;
    private const double Progress = 0.7;

    /// <summary>Factor of the rate where a parent's values go on: large steps would undo them.</summary>
    private const float GentleRate = 0.2f;

    /// <summary>The fit of a run, ready for a worker.</summary>
    /// <exception cref="TrainingRefusedException">The data cannot carry it, or the parent's values are another network's.</exception>
    public FitPackage Package(TrainingRunView run, TrainingData data)
    {
        var (seed, input, recipe) = ((ulong)run.Request.Seed, data.Input, data.Recipe);
        var package = new FitPackage
        {
            Header = new FitHeader { Recipe = recipe.Name, Seed = seed, InputLength = input.Length, InputChannels = input.Channels,
                Classes = recipe.Classes, JudgingRuns = JudgingRun.Of(data.Judging) },
            Fitted = data.Fitted,
            Judging = data.Judging,
        };
        if (run.Request.Transfer is not { } transfer) return package;
        using var network = new Network(input, recipe.Layers(input), seed);
        return new FitPackage
        {
            Header = package.Header with { LayerRates = Rates(network, transfer), Rate = GentleRate },
            Fitted = data.Fitted,
            Judging = data.Judging,
            Start = ParentValues(run.Request.ParentDigest!, network),
        };
    }

    /// <param name="run">The run, in state training.</param>
    /// <param name="dataDigest">Of the data it learns from and is judged on.</param>
    /// <returns>The model, and the run with its curves.</returns>
    /// <exception cref="TrainingRefusedException">The fit gave no values; the message says why.</exception>
    public async Task<(FittedRun Fitted, TrainingRunView Run)> FitAsync(
        TrainingRunView run, FitPackage package, string dataDigest, CancellationToken cancellation)
    {
        using var plan = new FitPlan(package, threads: 1);
        run = run with { Hyperparameters = Hyperparameters.Of(plan.Recipe, plan.Settings, plan.Network) };
        await reporter.ReportAsync(run, cancellation);
        var fit = FitFingerprint.Of(dataDigest, plan.Network, plan.Settings);
        var outcome = run.Request.Federated is null
            ? await jobs.OutcomeAsync(run.RunId, fit, run.Request.Priority, package.ToBytes(), cancellation)
            : await RoundsAsync(run, plan, fit, cancellation);
        if (outcome.Refusal is { } refusal) throw new TrainingRefusedException(refusal);
        if (outcome.Values.Length != plan.Network.Values.Length || outcome.Values.Any(value => !float.IsFinite(value)))
            throw new TrainingRefusedException(
                $"the worker gave {outcome.Values.Length} values, not all finite, for a network of {plan.Network.Values.Length}");
        plan.Network.Load(outcome.Values);
        run = (store.Find(run.RunId) ?? run) with
        {
            State = RunStates.Quantizing,
            Progress = Progress,
            Message = run.Request.Federated is not null ? "rounds are over"
                : outcome.Divergence is { } broken
                    ? $"the fit {broken}; going on with epoch {outcome.BestEpoch}" : $"fitted, {plan.Network.ParameterCount} parameters",
            LossCurve = outcome.Losses,
            ValidationCurve = outcome.Validations,
        };
        if (outcome.Losses.Count > 0) run = run with { Picture = FitPicture.Draw(run, outcome.BestEpoch) };
        await reporter.ReportAsync(run, cancellation);
        var operations = OperationBuilder.Build(plan.Network);
        var guard = plan.Recipe.GuardBudget > 0 ? DistanceGuard.Fit(package.Fitted, package.Input, plan.Recipe.GuardBudget) : null;
        var model = await Task.Run(
            () => ModelExport.Write(operations, plan.Recipe, plan.Sets.Calibration(CalibrationWindows), guard), cancellation);
        var (temperature, set) = plan.Recipe.Head == ModelHead.Classes ? ClassUncertainty.Fit(operations, package.Judging) : (1, null);
        double? widening = plan.Recipe.Head == ModelHead.RemainingLife ? LifeBand.Fit(operations, plan.Recipe, package.Judging) : null;
        return (new FittedRun(model, outcome.Values, FitFingerprint.Architecture(plan.Network), temperature, set, widening), run);
    }

    /// <summary>The parent's values with the head that the devices' rounds gave.</summary>
    private async Task<FitOutcome> RoundsAsync(TrainingRunView run, FitPlan plan, string fit, CancellationToken cancellation)
    {
        plan.Network.Load(ParentValues(run.Request.ParentDigest!, plan.Network));
        var last = (Dense)plan.Network.Layers[^1];
        var head = await rounds.RunAsync(run, plan.Recipe.Classes, [.. last.Weights, .. last.Bias], fit, cancellation);
        last.Weights = head[..^last.Bias.Length];
        head.AsSpan(^last.Bias.Length..).CopyTo(last.Bias);
        return new FitOutcome { Values = plan.Network.Values.ToArray() };
    }

    private float[] ParentValues(string parent, Network network)
    {
        if (store.Weights(parent) is not { } kept)
            throw new TrainingRefusedException($"transfer: this hub keeps no values of parent {parent}; start from nothing");
        var wanted = FitFingerprint.Architecture(network);
        return kept.Architecture == wanted
            ? kept.Values
            : throw new TrainingRefusedException($"transfer: parent {parent} is {kept.Architecture}, the recipe makes {wanted}");
    }

    private static float[] Rates(Network network, TransferRequest transfer)
    {
        var layers = network.Layers.Count(layer => layer.Parameters.Count > 0);
        if (transfer.FrozenLayers >= layers)
            throw new TrainingRefusedException($"transfer: {transfer.FrozenLayers} frozen layers of {layers} that learn leave none");
        return [.. Enumerable.Range(0, layers)
            .Select(layer => layer < transfer.FrozenLayers ? 0f : layer == layers - 1 ? 1f : (float)transfer.BodyRate)];
    }
}
