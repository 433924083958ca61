using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;

namespace Cloud.Hub.Learning.Training;

/// <summary>Fits a network: epochs of shuffled batches, optimiser and schedule by the settings, warm-up, clipping, validation with early stop, and a
/// checkpoint after every epoch. Blocks its thread; deterministic for a seed and any number of threads.</summary>
internal sealed class Trainer(Network network, Loss loss, TrainingSettings settings)
{
    private readonly List<double> _losses = [];
    private readonly List<double> _validations = [];
    private readonly SeededRandom _random = new(settings.Seed);
    private readonly Optimiser _optimiser = Optimiser.Of(settings.Optimiser, network.ParameterCount, settings.WeightDecay);
    private readonly LayerRates? _rates = settings.LayerRates.Count > 0 ? new LayerRates(network, settings.LayerRates) : null;
    private readonly float[] _average = settings.AverageDecay > 0 ? network.Values.ToArray() : [];
    private float[] _bestValues = network.Values.ToArray();
    private double _bestLoss = double.PositiveInfinity;
    private int _bestEpoch;
    private int _epoch;

    /// <param name="replay">Older samples mixed into every batch; null or empty for none.</param>
    /// <param name="validation">Judged after each epoch; null judges by the training loss.</param>
    /// <param name="resume">Goes on from there.</param>
    /// <param name="keep">Called with a checkpoint after each epoch.</param>
    /// <returns>The network holds the best values, also after a divergence.</returns>
    /// <exception cref="ArgumentException">An empty set, or one of another shape than the network.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; the last checkpoint stands.</exception>
    public TrainingOutcome Run(
        ITrainingSet fresh, ITrainingSet? replay, ITrainingSet? validation, Checkpoint? resume, Action<Checkpoint>? keep,
        IProgress<TrainingProgress>? progress, CancellationToken cancellation)
    {
        Require(fresh, "training");
        if (validation is not null) Require(validation, "validation");
        if (resume is not null) Resume(resume);
        var sampler = new BatchSampler(fresh.Count, replay?.Count ?? 0, settings.BatchSize, settings.ReplayShare);
        var total = (long)sampler.Batches * settings.Epochs;
        var rates = new WarmupCosine(settings.LearningRate, (long)(total * settings.WarmupShare), total);
        if (settings.Schedule == ScheduleKind.Constant) rates = rates with { FloorShare = 1 };
        using var run = new NetworkRun(network, settings.BatchSize, settings.Threads);
        using var target = new Sequence(settings.BatchSize, loss.TargetOf(network.Output));
        Divergence? divergence = null;
        while (_epoch < settings.Epochs && divergence is null && !HasStalled())
        {
            divergence = Epoch(run, target, fresh, replay, sampler, rates, cancellation);
            if (divergence is not null) break;
            _epoch++;
            Judge(run, target, validation);
            keep?.Invoke(Save());
            progress?.Report(new TrainingProgress(_epoch, settings.Epochs, _losses[^1], validation is null ? double.NaN : _validations[^1]));
        }

        network.Load(_bestValues);
        return new TrainingOutcome { Losses = _losses, Validations = _validations, BestEpoch = _bestEpoch, Divergence = divergence };
    }

    private void Require(ITrainingSet set, string name)
    {
        if (set.Count == 0) throw new ArgumentException($"the {name} set is empty");
        if (set.Input != network.Input) throw new ArgumentException($"the {name} set has samples {set.Input}, the network takes {network.Input}");
    }

    private bool HasStalled() => settings.Patience > 0 && _epoch - _bestEpoch >= settings.Patience;

    /// <summary>One pass over the new samples; null when all went well.</summary>
    private Divergence? Epoch(
        NetworkRun run, Sequence target, ITrainingSet fresh, ITrainingSet? replay, BatchSampler sampler, WarmupCosine rates,
        CancellationToken cancellation)
    {
        sampler.Shuffle(_random);
        var samples = new int[settings.BatchSize];
        var sum = 0.0;
        for (var batch = 0; batch < sampler.Batches; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            var count = sampler.Take(batch, _random, samples);
            var stepSeed = _random.NextUInt64();
            for (var i = 0; i < count; i++)
            {
                var random = new SeededRandom(SeededRandom.SeedOf(stepSeed, 0xA0, 0, (ulong)i));
                if (samples[i] >= 0)
                {
                    fresh.Fill(samples[i], run.Input.SampleSpan(i), target.SampleSpan(i), random);
                }
                else
                {
                    replay!.Fill(~samples[i], run.Input.SampleSpan(i), target.SampleSpan(i), random);
                }
            }

            var value = run.Step(count, loss, target, stepSeed);
            var norm = TensorPrimitives.Norm<float>(run.Gradients);
            if (!double.IsFinite(value) || !float.IsFinite(norm)) return new Divergence(_epoch + 1, batch + 1, FirstBroken(run, count, value));
            if (settings.ClipNorm > 0 && norm > settings.ClipNorm) TensorPrimitives.Multiply(run.Gradients, settings.ClipNorm / norm, run.Gradients);
            _rates?.Before();
            _optimiser.Step(network.Parameters, run.Gradients, rates.At(_optimiser.Steps));
            _rates?.After();
            network.Prepare();
            if (_average.Length > 0) MovingAverage.Step(network.Values, _average, settings.AverageDecay, _optimiser.Steps);
            sum += value;
        }

        _losses.Add(sum / sampler.Batches);
        return null;
    }

    /// <summary>Keeps the values when they are the best so far.</summary>
    private void Judge(NetworkRun run, Sequence target, ITrainingSet? validation)
    {
        var current = network.Values.ToArray();
        var judged = _average.Length > 0 ? _average : current;
        var value = _losses[^1];
        if (validation is not null)
        {
            network.Load(judged);
            value = Validate(run, target, validation);
            _validations.Add(value);
            network.Load(current);
        }

        if (!(value < _bestLoss)) return;
        _bestLoss = value;
        _bestEpoch = _epoch;
        _bestValues = [.. judged];
    }

    private double Validate(NetworkRun run, Sequence target, ITrainingSet validation)
    {
        using var gradient = new Sequence(settings.BatchSize, network.Output);
        var sum = 0.0;
        for (var from = 0; from < validation.Count; from += settings.BatchSize)
        {
            var count = Math.Min(settings.BatchSize, validation.Count - from);
            for (var i = 0; i < count; i++) validation.Fill(from + i, run.Input.SampleSpan(i), target.SampleSpan(i), null);
            run.Forward(count);
            loss.Prepare(count, target);
            if (loss.ComparesSamples) loss.Join(count, run.Output, target);
            sum += count * loss.Evaluate(new Lane(0) { To = count }, run.Output, target, gradient);
        }

        return sum / validation.Count;
    }

    private string FirstBroken(NetworkRun run, int count, double value)
    {
        for (var i = 0; i < count; i++)
        {
            if (!TensorPrimitives.IsFiniteAll<float>(run.Input.SampleSpan(i))) return "an input is not finite";
        }

        for (var layer = 0; layer < network.Layers.Count; layer++)
        {
            for (var i = 0; i < count; i++)
            {
                if (!TensorPrimitives.IsFiniteAll<float>(run.OutputOf(layer).SampleSpan(i)))
                    return $"the output of layer {layer} ({network.Layers[layer].Kind}) is not finite";
            }
        }

        var gradients = run.Gradients;
        for (var i = 0; i < gradients.Length; i++)
        {
            if (!float.IsFinite(gradients[i])) return $"the gradient of {network.Describe(i)} is not finite";
        }

        return $"the loss is {value}";
    }

    private Checkpoint Save() => new()
    {
        Epoch = _epoch,
        Steps = _optimiser.Steps,
        BestEpoch = _bestEpoch,
        BestLoss = _bestLoss,
        Losses = [.. _losses],
        Validations = [.. _validations],
        Values = network.Values.ToArray(),
        Average = [.. _average],
        BestValues = [.. _bestValues],
        OptimiserMemory = [.. _optimiser.Memory.Select(m => m.ToArray())],
        Random = _random.State,
    };

    private void Resume(Checkpoint checkpoint)
    {
        network.Load(checkpoint.Values);
        if (checkpoint.Average.Length != _average.Length || checkpoint.OptimiserMemory.Length != _optimiser.Memory.Count)
            throw new ArgumentException("the checkpoint belongs to other settings");
        checkpoint.Average.CopyTo(_average, 0);
        for (var i = 0; i < checkpoint.OptimiserMemory.Length; i++) checkpoint.OptimiserMemory[i].CopyTo(_optimiser.Memory[i], 0);
        _optimiser.Steps = checkpoint.Steps;
        _bestValues = checkpoint.BestValues;
        (_bestEpoch, _bestLoss, _epoch) = (checkpoint.BestEpoch, checkpoint.BestLoss, checkpoint.Epoch);
        _losses.AddRange(checkpoint.Losses);
        _validations.AddRange(checkpoint.Validations);
        _random.State = checkpoint.Random;
    }
}
