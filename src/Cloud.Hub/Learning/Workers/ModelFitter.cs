using System.Globalization;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Datasets;
using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Recipes;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Learning.Training;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning.Workers;

/// <summary>From a training set to ONNX in both precisions: the part of a run that computes. Works on a thread of its own.</summary>
internal sealed class ModelFitter(RunStore store, IRunReporter reporter, IOptions<LearningOptions> options, ILogger<ModelFitter> logger)
{
    /// <summary>Windows that quantization ranges come from (design facts on quantization, section 8).</summary>
    private const int CalibrationWindows = 500;
    /// <summary>Epochs without a better validation loss before a fit ends.</summary>
    private const int Patience = 4;
    private const double TrainingFrom = 0.1;
    private const double TrainingShare = 0.6;

    /// <param name="run">The run, in state training.</param>
    /// <param name="dataDigest">Of the data it learns from and is judged on.</param>
    /// <returns>The model, and the run with its loss curve.</returns>
    /// <exception cref="TrainingRefusedException">The fit diverged before its first epoch ended.</exception>
    public Task<(FittedModel Model, TrainingRunView Run)> FitAsync(TrainingRunView run, LearningRecipe recipe, TrainingSets sets, string dataDigest, CancellationToken cancellation) =>
        Task.Factory.StartNew(() => Fit(run, recipe, sets, dataDigest, cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private (FittedModel Model, TrainingRunView Run) Fit(TrainingRunView run, LearningRecipe recipe, TrainingSets sets, string dataDigest, CancellationToken cancellation)
    {
        var seed = (ulong)run.Request.Seed;
        using var network = new Network(sets.Input, recipe.Layers(sets.Input), seed);
        var settings = recipe.Settings with
        {
            Epochs = recipe.Epochs,
            Seed = seed,
            Threads = options.Value.Threads,
            ReplayShare = sets.Replay is null ? 0 : TrainingSets.ReplayShare,
            Patience = sets.Validation is null ? 0 : Patience,
        };
        run = run with { Hyperparameters = Hyperparameters.Of(recipe, settings, network) };
        var fit = FitFingerprint.Of(dataDigest, network, settings);
        var resume = Resume(run.RunId, fit);
        var progress = new Follower(this, run with { LossCurve = resume?.Losses ?? [], ValidationCurve = resume?.Validations ?? [] }, cancellation);
        var outcome = new Trainer(network, recipe.Loss(), settings).Run(sets.Fresh, sets.Replay, sets.Validation, resume, Keep, progress, cancellation);
        if (outcome.Divergence is { } divergence && outcome.BestEpoch == 0) throw new TrainingRefusedException($"the fit {divergence}");
        run = progress.Run with
        {
            State = RunStates.Quantizing,
            Progress = TrainingFrom + TrainingShare,
            Message = outcome.Divergence is { } broken ? $"the fit {broken}; going on with epoch {outcome.BestEpoch}" : $"fitted, {network.ParameterCount} parameters",
            LossCurve = outcome.Losses,
            ValidationCurve = outcome.Validations,
        };
        Report(run, cancellation);
        return (ModelExport.Write(OperationBuilder.Build(network), recipe, sets.Calibration(CalibrationWindows)), run);

        // The fit waits until its checkpoint is on disk: only then may a kill come.
        void Keep(Checkpoint checkpoint) => store.KeepCheckpointAsync(run.RunId, fit, checkpoint.ToBytes(), cancellation).GetAwaiter().GetResult();
    }

    /// <summary>Null when there is none of this fit, or it is damaged: then the fit begins anew.</summary>
    private Checkpoint? Resume(string runId, string fit)
    {
        if (store.Checkpoint(runId, fit) is not { } bytes) return null;
        try
        {
            return Checkpoint.FromBytes(bytes);
        }
        catch (FormatException damaged)
        {
            Log.CheckpointNotUsed(logger, runId, damaged.Message);
            return null;
        }
    }

    private void Report(TrainingRunView run, CancellationToken cancellation) => reporter.ReportAsync(run, cancellation).GetAwaiter().GetResult();

    /// <summary>Turns each epoch into news of the run.</summary>
    private sealed class Follower(ModelFitter fitter, TrainingRunView run, CancellationToken cancellation) : IProgress<TrainingProgress>
    {
        public TrainingRunView Run { get; private set; } = run;

        public void Report(TrainingProgress value)
        {
            Run = Run with
            {
                Progress = TrainingFrom + (TrainingShare * value.Epoch / value.Epochs),
                Message = string.Create(CultureInfo.InvariantCulture, $"epoch {value.Epoch} of {value.Epochs}, loss {value.Loss:0.0000}"),
                LossCurve = [.. Run.LossCurve, value.Loss],
                ValidationCurve = double.IsNaN(value.Validation) ? [] : [.. Run.ValidationCurve, value.Validation],
            };
            fitter.Report(Run, cancellation);
        }
    }
}
