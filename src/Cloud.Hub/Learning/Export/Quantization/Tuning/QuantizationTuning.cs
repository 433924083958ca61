using System.Numerics.Tensors;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Losses;
using Cloud.Hub.Learning.Training.Optimisers;

namespace Cloud.Hub.Learning.Export.Quantization.Tuning;

/// <summary>Quantization-aware fine-tuning: from a static plan, weights, biases and ranges of the tensors learn to give the
/// float twin's answers with everything rounded. Needs no labels; deterministic.</summary>
/// <remarks>
/// Weights are rounded to steps of the plan's scales in front of every pass and their gradients go straight to
/// the values behind (Bengio et al. 2013; Jacob et al. 2018). All moves
/// are counted in steps, so one learning rate fits layers of any size.
/// </remarks>
internal sealed class QuantizationTuning : IDisposable
{
    private const int Updates = 600;
    private const int Batch = 32;
    private const ulong Seed = 0x51;

    /// <summary>Steps of a weight, in one update at most.</summary>
    private const float Rate = 0.1f;

    /// <summary>The logarithm of a tensor's range moves by this where a weight moves by one step: a fit may change a range some fortyfold.</summary>
    private const float RangeUnit = 1f / 8;

    private readonly IReadOnlyList<Operation> _operations;
    private readonly QuantizationPlan _plan;
    private readonly TunableChain _chain;
    private readonly WeightRounding?[] _roundings;
    private readonly bool _pairs;
    private readonly float[] _units;

    /// <param name="learnsRanges">False keeps a plan's headroom, which is for what no window of a fit shows.</param>
    /// <param name="targetsLackVnni">As of the quantizer that made the plan.</param>
    /// <exception cref="NotSupportedException">A chain that cannot be tuned.</exception>
    public QuantizationTuning(IReadOnlyList<Operation> operations, QuantizationPlan plan, bool learnsRanges, bool targetsLackVnni = true)
    {
        (_operations, _plan, _pairs) = (operations, plan, targetsLackVnni);
        _chain = new TunableChain(operations, plan, learnsRanges);
        _roundings =
            [.. operations.Select(o => o is IWeighted weighted
                ? new WeightRounding(weighted.Weights.Length / weighted.OutputChannels, null, weighted.KernelSize) : null)];
        var values = _chain.Network.Parameters.ToArray();
        // Through the layers' own setters, so that every value finds its unit whatever the layout.
        _chain.Network.Parameters.Fill(RangeUnit);
        ForEachWeighted((i, weighted, rounded) =>
        {
            _chain.Layer(i).Weights = [.. weighted.Weights.Select((_, w) => rounded.Scales[w / Row(weighted)])];
            // What one step of one weight does to the answer of a full input.
            for (var o = 0; o < rounded.Bias.Length; o++) _chain.Layer(i).Bias[o] = 255 * rounded.BiasScales[o];
        });
        _units = _chain.Network.Parameters.ToArray();
        values.CopyTo(_chain.Network.Parameters);
        ForEachWeighted((i, weighted, rounded) =>
        {
            _chain.Layer(i).Weights = [.. rounded.Values.Select((value, w) => value * rounded.Scales[w / Row(weighted)])];
            for (var o = 0; o < rounded.Bias.Length; o++) _chain.Layer(i).Bias[o] = rounded.Bias[o] * rounded.BiasScales[o];
        });
    }

    /// <param name="windows">(C, L) each.</param>
    /// <returns>A plan of the same layout.</returns>
    public QuantizationPlan Run(IReadOnlyList<float[]> windows)
    {
        var network = _chain.Network;
        using var run = new NetworkRun(network, Batch);
        using var target = new Sequence(Batch, network.Output);
        var (loss, optimiser, random) = (new MeanSquaredError(), new Adam(network.ParameterCount), new SeededRandom(Seed));
        var rates = new WarmupCosine(Rate, 0, Updates, FloorShare: 0);
        var sampler = new BatchSampler(windows.Count, 0, Math.Min(Batch, windows.Count), 0);
        var answers = windows.Select(window => OperationRun.Of(_operations, window)).ToList();
        var (entering, leaving) = (TunableChain.TimeMajor(network.Input), TunableChain.TimeMajor(network.Output));
        var samples = new int[Batch];
        var learnt = network.Parameters.ToArray();
        for (var update = 0; update < Updates; update++)
        {
            if (update % sampler.Batches == 0) sampler.Shuffle(random);
            var count = sampler.Take(update % sampler.Batches, random, samples);
            for (var b = 0; b < count; b++)
            {
                Scatter(windows[samples[b]], entering, run.Input.SampleSpan(b));
                Scatter(answers[samples[b]], leaving, target.SampleSpan(b));
            }

            RoundWeights();
            run.Step(count, loss, target, (ulong)update);
            TensorPrimitives.Multiply(run.Gradients, _units, run.Gradients);
            TensorPrimitives.Divide(learnt, _units, learnt);
            optimiser.Step(learnt, run.Gradients, rates.At(update));
            TensorPrimitives.Multiply(learnt, _units, learnt);
            learnt.CopyTo(network.Parameters);
        }

        return Plan();
    }

    public void Dispose() => _chain.Dispose();

    private static void Scatter(float[] channelMajor, int[] places, Span<float> timeMajor)
    {
        for (var i = 0; i < places.Length; i++) timeMajor[places[i]] = channelMajor[i];
    }

    private static int Row(IWeighted weighted) => weighted.Weights.Length / weighted.OutputChannels;

    private void ForEachWeighted(Action<int, IWeighted, WeightQuantization> act)
    {
        for (var i = 0; i < _operations.Count; i++)
        {
            if (_operations[i] is IWeighted weighted && _plan.Weights[i] is { } rounded) act(i, weighted, rounded);
        }
    }

    /// <summary>Puts what the int8 model will compute with in the place of what is learnt.</summary>
    private void RoundWeights()
    {
        ForEachWeighted((i, weighted, rounded) =>
        {
            var steps = Steps(i, weighted, rounded);
            _chain.Layer(i).Weights = [.. steps.Select((step, w) => step * rounded.Scales[w / Row(weighted)])];
        });
        _chain.Network.Prepare();
    }

    private sbyte[] Steps(int operation, IWeighted weighted, WeightQuantization rounded)
    {
        var weights = _chain.Layer(operation).Weights;
        var (steps, row) = (new sbyte[weights.Length], Row(weighted));
        for (var o = 0; o < weighted.OutputChannels; o++)
            _roundings[operation]!.Round(weights.AsSpan(o * row, row), rounded.Scales[o], _pairs, steps.AsSpan(o * row, row));
        return steps;
    }

    private QuantizationPlan Plan()
    {
        var outputs = new TensorQuantization?[_operations.Count];
        var weights = new WeightQuantization?[_operations.Count];
        var input = _chain.Rounding(0);
        // From the end, so that an operation before a ReLU finds the rounding behind it, as a static plan has it.
        for (var i = _operations.Count - 1; i >= 0; i--)
        {
            outputs[i] = _plan.Outputs[i] is null
                ? null : _chain.Rounding(i + 1) ?? (MovesOnly(_operations[i]) || i + 1 == _operations.Count ? _plan.Outputs[i] : outputs[i + 1]);
        }

        for (var i = 0; i < _operations.Count; i++)
        {
            // What only moves values keeps the rounding of what it reads.
            if (MovesOnly(_operations[i]) && outputs[i] is not null) outputs[i] = Entering(i);
        }

        ForEachWeighted((i, weighted, rounded) =>
        {
            var scales = rounded.Scales.Select(scale => scale * Entering(i)!.Value.Scale).ToArray();
            var bias = _chain.Layer(i).Bias.ToArray();
            weights[i] = new WeightQuantization(
                Steps(i, weighted, rounded), rounded.Scales,
                [.. bias.Select((
                    value, o) => (int)Math.Clamp(Math.Round((double)value / scales[o], MidpointRounding.ToEven), int.MinValue, int.MaxValue))],
                    scales);
        });
        return new QuantizationPlan(input, outputs, weights);

        TensorQuantization? Entering(int i) => i == 0 ? input : outputs[i - 1];
    }

    private static bool MovesOnly(Operation operation) => operation is ReshapeOperation or MaxPoolOperation or LastStepOperation;
}
