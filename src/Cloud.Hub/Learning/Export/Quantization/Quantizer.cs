using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Static int8 quantization in the recipe of the design facts, section 8: ranges with headroom, per-channel symmetric weights rounded for the least error of the answers, bias correction, exact bias scales, checks against the silent traps.</summary>
internal static class Quantizer
{
    /// <exception cref="ArgumentException">Nothing was observed.</exception>
    public static QuantizationPlan Plan(IReadOnlyList<Operation> operations, RangeCollector ranges, QuantizerSettings settings)
    {
        if (ranges.Count == 0) throw new ArgumentException("quantization needs calibration windows");
        TensorQuantization? input = MeetsBytes(operations, 0) ? Range(ranges, 0, settings) : null;
        var outputs = new TensorQuantization?[operations.Count];
        var weights = new WeightQuantization?[operations.Count];
        var report = new List<LayerQuantizationReport>();
        for (var i = 0; i < operations.Count; i++)
        {
            var from = operations[i].From ?? i;
            var entering = from == 0 ? input : outputs[from - 1];
            // A function with a fixed range keeps it; moving values keeps their quantization; what only feeds a ReLU takes the range behind it.
            outputs[i] = operations[i] switch
            {
                ReshapeOperation or MaxPoolOperation or LastStepOperation when entering is not null => entering,
                { RunsInInt8: false } or ReshapeOperation or MaxPoolOperation or LastStepOperation when !MeetsBytes(operations, i + 1) => null,
                ActivationOperation { Function: ActivationKind.Sigmoid } => TensorQuantization.Of(0, 1),
                ActivationOperation { Function: ActivationKind.Tanh } => TensorQuantization.Of(-1, 1),
                _ when i + 1 < operations.Count && operations[i + 1] is ActivationOperation { Function: ActivationKind.Relu } => Range(ranges, i + 2, settings),
                _ => Range(ranges, i + 1, settings),
            };
            if (operations[i] is IWeighted weighted)
            {
                (weights[i], var layer) = QuantizeWeights(i, weighted, entering!.Value.Scale, ranges.Moments(i), settings);
                report.Add(layer);
            }
        }

        return new QuantizationPlan(input, outputs, weights, report);
    }

    /// <summary>Whether an operation that runs on bytes reads a tensor.</summary>
    private static bool MeetsBytes(IReadOnlyList<Operation> operations, int tensor)
    {
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i].RunsInInt8 && ((operations[i].From ?? i) == tensor || (operations[i] is AddOperation add && add.Other == tensor))) return true;
        }

        return false;
    }

    private static TensorQuantization Range(RangeCollector ranges, int tensor, QuantizerSettings settings)
    {
        var (min, max) = ranges.Range(tensor, settings.Range);
        return TensorQuantization.Of(min * settings.Headroom, max * settings.Headroom);
    }

    private static (WeightQuantization Weights, LayerQuantizationReport Report) QuantizeWeights(
        int position, IWeighted weighted, float inputScale, PatchMoments moments, QuantizerSettings settings)
    {
        var channels = weighted.OutputChannels;
        var row = weighted.Weights.Length / channels;
        var values = new sbyte[weighted.Weights.Length];
        var (scales, integers, biasScales) = (new float[channels], new int[channels], new float[channels]);
        int unsafeChannels = 0, raised = 0;
        double signal = 0, noise = 0;
        var rounding = new WeightRounding(row, null, 1);
        double[] mean = [];
        for (var o = 0; o < channels; o++)
        {
            if (o % (channels / weighted.Groups) == 0)
            {
                var group = o / (channels / weighted.Groups);
                rounding = new WeightRounding(row, moments.Second(group), weighted.KernelSize);
                mean = moments.Mean(group);
            }

            var weights = weighted.Weights.AsSpan(o * row, row);
            var quantized = values.AsSpan(o * row, row);
            WeightRounding.Nearest(weights, quantized);
            if (rounding.Saturates(quantized)) unsafeChannels++;

            // The bias must fit int32 at scale input × weight; half the range leaves room for its correction.
            var least = (float)(Math.Abs((double)weighted.Bias[o]) / (inputScale * (int.MaxValue / 2.0)));
            scales[o] = rounding.Best(weights, quantized, settings.TargetsLackVnni, least);
            if (scales[o] == least) raised++;

            // The mean error of the rounded weights goes into the bias: an operation is linear, so the mean patch is enough.
            double bias = weighted.Bias[o];
            for (var i = 0; i < row; i++)
            {
                var error = ((double)scales[o] * quantized[i]) - weights[i];
                bias -= error * mean[i];
                signal += (double)weights[i] * weights[i];
                noise += error * error;
            }

            biasScales[o] = inputScale * scales[o];
            integers[o] = (int)Math.Clamp(Math.Round(bias / biasScales[o], MidpointRounding.ToEven), int.MinValue, int.MaxValue);
        }

        var sqnr = noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
        var name = $"{position} {(weighted is DenseOperation ? "Gemm" : "Conv")}";
        return (new WeightQuantization(values, scales, integers, biasScales), new LayerQuantizationReport(name, sqnr, unsafeChannels, raised));
    }
}
