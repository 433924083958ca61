using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Static int8 quantization in the recipe of the design facts, section 8: ranges with headroom, per-channel symmetric weights rounded for
/// the least error of the answers, bias correction, exact bias scales, checks against the silent traps.</summary>
/// <remarks>Weights are rounded once; plans for other ranges share them.</remarks>
internal sealed class Quantizer
{
    private readonly IReadOnlyList<Operation> _operations;
    private readonly RangeCollector _ranges;
    private readonly RoundedWeights?[] _weights;

    /// <param name="targetsLackVnni">Some device is x64 without VNNI: no pair of weights may leave 16 bits there.
    /// A fleet's processors are not known, so a release says true.</param>
    /// <exception cref="ArgumentException">Nothing was observed.</exception>
    public Quantizer(IReadOnlyList<Operation> operations, RangeCollector ranges, bool targetsLackVnni = true)
    {
        if (ranges.Count == 0) throw new ArgumentException("quantization needs calibration windows");
        (_operations, _ranges) = (operations, ranges);
        _weights =
            [.. operations.Select((o, i) => o is IWeighted weighted ? new RoundedWeights(weighted, ranges.Moments(i), targetsLackVnni) : null)];
    }

    public QuantizationPlan Plan(QuantizerSettings settings)
    {
        var inFloat = InFloat(settings.InFloat);
        TensorQuantization? input = MeetsBytes(0, inFloat) ? Range(0, settings) : null;
        var outputs = new TensorQuantization?[_operations.Count];
        var weights = new WeightQuantization?[_operations.Count];
        for (var i = 0; i < _operations.Count; i++)
        {
            var from = _operations[i].From ?? i;
            var entering = from == 0 ? input : outputs[from - 1];
            // A function with a fixed range keeps it; moving values keeps their quantization; what only feeds a ReLU takes the range behind it.
            outputs[i] = _operations[i] switch
            {
                ReshapeOperation or MaxPoolOperation or LastStepOperation when entering is not null => entering,
                { RunsInInt8: false } or ReshapeOperation or MaxPoolOperation or LastStepOperation when !MeetsBytes(i + 1, inFloat) => null,
                IWeighted when inFloat.Contains(i) && !MeetsBytes(i + 1, inFloat) => null,
                ActivationOperation { Function: ActivationKind.Sigmoid } => TensorQuantization.Of(0, 1),
                ActivationOperation { Function: ActivationKind.Tanh } => TensorQuantization.Of(-1, 1),
                _ when FeedsRelu(i) => Range(i + 2, settings),
                _ => Range(i + 1, settings),
            };
            weights[i] = inFloat.Contains(i) ? null : _weights[i]?.At(entering!.Value.Scale);
        }

        return new QuantizationPlan(input, outputs, weights);
    }

    /// <summary>Signal to quantization noise of an operation's weights in dB, and how many of its channels two
    /// neighbours could overflow if each weight were rounded for itself.</summary>
    public (double SqnrDb, int UnsafeChannels) WeightsOf(int operation) => (_weights[operation]!.SqnrDb, _weights[operation]!.UnsafeChannels);

    private bool FeedsRelu(int i) => i + 1 < _operations.Count && _operations[i + 1] is ActivationOperation { Function: ActivationKind.Relu };

    /// <summary>Operations with weights that stay in float.</summary>
    public IReadOnlyList<int> InFloat(FloatEnds ends)
    {
        int[] weighted = [.. Enumerable.Range(0, _operations.Count).Where(i => _operations[i] is IWeighted)];
        return [.. ends.HasFlag(FloatEnds.First) ? weighted[..1] : [], .. ends.HasFlag(FloatEnds.Last) ? weighted[^1..] : []];
    }

    /// <summary>Whether an operation that runs on bytes reads a tensor.</summary>
    private bool MeetsBytes(int tensor, IReadOnlyList<int> inFloat)
    {
        for (var i = 0; i < _operations.Count; i++)
        {
            if (_operations[i].RunsInInt8 && !inFloat.Contains(i)
                && ((_operations[i].From ?? i) == tensor || (_operations[i] is AddOperation add && add.Other == tensor)))
                return true;
        }

        return false;
    }

    private TensorQuantization Range(int tensor, QuantizerSettings settings)
    {
        var (min, max) = _ranges.Range(tensor, settings.Range);
        return TensorQuantization.Of(min * settings.Headroom, max * settings.Headroom);
    }
}
