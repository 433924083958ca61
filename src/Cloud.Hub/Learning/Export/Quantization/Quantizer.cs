using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Static int8 quantization in the recipe of the design facts, section 8: min/max ranges with headroom, per-channel symmetric weights, bias correction, exact bias scales, checks against the silent traps.</summary>
internal static class Quantizer
{
    private const int WeightMax = 127;

    private const int SafeWeightMax = PairLimit / 2;

    // uint8 × int8 pairs are summed in int16 by machines without VNNI.
    private const int PairLimit = short.MaxValue / 255;

    /// <exception cref="ArgumentException">Nothing was observed.</exception>
    public static QuantizationPlan Plan(IReadOnlyList<Operation> operations, RangeCollector ranges, QuantizerSettings settings)
    {
        if (ranges.Count == 0) throw new ArgumentException("quantization needs calibration windows");
        var input = TensorQuantization.Of(ranges.Min[0] * settings.Headroom, ranges.Max[0] * settings.Headroom);
        var outputs = new TensorQuantization[operations.Count];
        var weights = new WeightQuantization?[operations.Count];
        var report = new List<LayerQuantizationReport>();
        for (var i = 0; i < operations.Count; i++)
        {
            var from = operations[i].From ?? i;
            var entering = from == 0 ? input : outputs[from - 1];
            // A function with a fixed range keeps it; moving values keeps their quantization; what only feeds a ReLU takes the range behind it.
            outputs[i] = operations[i] switch
            {
                ReshapeOperation or MaxPoolOperation => entering,
                ActivationOperation { Function: ActivationKind.Sigmoid } => TensorQuantization.Of(0, 1),
                ActivationOperation { Function: ActivationKind.Tanh } => TensorQuantization.Of(-1, 1),
                _ when i + 1 < operations.Count && operations[i + 1] is ActivationOperation { Function: ActivationKind.Relu } => Range(ranges, i + 2, settings),
                _ => Range(ranges, i + 1, settings),
            };
            if (operations[i] is IWeighted weighted)
            {
                (weights[i], var layer) = QuantizeWeights(i, operations[i], weighted, entering.Scale, ranges.MeanInput(i), settings);
                report.Add(layer);
            }
        }

        return new QuantizationPlan(input, outputs, weights, report);
    }

    private static TensorQuantization Range(RangeCollector ranges, int tensor, QuantizerSettings settings) =>
        TensorQuantization.Of(ranges.Min[tensor] * settings.Headroom, ranges.Max[tensor] * settings.Headroom);

    private static (WeightQuantization Weights, LayerQuantizationReport Report) QuantizeWeights(
        int position, Operation operation, IWeighted weighted, float inputScale, float[] meanInput, QuantizerSettings settings)
    {
        var source = weighted.Weights;
        var channels = weighted.OutputChannels;
        var row = source.Length / channels;
        var values = new sbyte[source.Length];
        var scales = new float[channels];
        var rounded = new float[source.Length];
        int unsafeChannels = 0, reduced = 0, raised = 0;
        double signal = 0, noise = 0;
        for (var o = 0; o < channels; o++)
        {
            var weights = source.AsSpan(o * row, row);
            var quantized = values.AsSpan(o * row, row);
            scales[o] = Round(weights, quantized, WeightMax, 0);
            var kernel = operation switch
            {
                ConvolutionOperation convolution => convolution.Kernel,
                PlaneConvolutionOperation plane => plane.KernelSize,
                _ => 1,
            };
            var pair = LargestPair(quantized, kernel);
            if (pair > PairLimit)
            {
                unsafeChannels++;
                if (settings.TargetsLackVnni) reduced++;
                for (var limit = WeightMax; settings.TargetsLackVnni && pair > PairLimit; pair = LargestPair(quantized, kernel))
                {
                    // Only as few steps are given up as this channel needs; 7 bits are always enough.
                    limit = Math.Max(SafeWeightMax, Math.Min(limit - 1, limit * PairLimit / pair));
                    scales[o] = Round(weights, quantized, limit, 0);
                }
            }

            // The bias must fit int32 at scale input × weight; half the range leaves room for its correction.
            var least = (float)(Math.Abs((double)weighted.Bias[o]) / (inputScale * (int.MaxValue / 2.0)));
            if (scales[o] < least)
            {
                scales[o] = Round(weights, quantized, WeightMax, least);
                raised++;
            }

            for (var i = 0; i < row; i++)
            {
                rounded[(o * row) + i] = scales[o] * quantized[i];
                signal += (double)weights[i] * weights[i];
                noise += Math.Pow(weights[i] - rounded[(o * row) + i], 2);
            }
        }

        var bias = settings.CorrectsBias ? Corrected(operation, weighted, rounded, meanInput) : weighted.Bias;
        var integers = new int[channels];
        var biasScales = new float[channels];
        for (var o = 0; o < channels; o++)
        {
            biasScales[o] = inputScale * scales[o];
            integers[o] = (int)Math.Clamp(Math.Round((double)bias[o] / biasScales[o], MidpointRounding.ToEven), int.MinValue, int.MaxValue);
        }

        var sqnr = noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal / noise);
        var name = $"{position} {(operation is DenseOperation ? "Gemm" : "Conv")}";
        return (new WeightQuantization(values, scales, integers, biasScales), new LayerQuantizationReport(name, sqnr, unsafeChannels, reduced, raised));
    }

    /// <summary>Rounds a channel with at most ±<paramref name="limit"/> and returns its scale, at least <paramref name="least"/>.</summary>
    private static float Round(ReadOnlySpan<float> weights, Span<sbyte> quantized, int limit, float least)
    {
        var largest = 0f;
        foreach (var weight in weights) largest = Math.Max(largest, Math.Abs(weight));
        var scale = Math.Max((float)((double)largest / limit), least);
        if (!float.IsNormal(scale)) scale = 1;
        for (var i = 0; i < weights.Length; i++)
            quantized[i] = (sbyte)Math.Clamp(Math.Round((double)weights[i] / scale, MidpointRounding.ToEven), -limit, limit);
        return scale;
    }

    /// <summary>Largest sum of a pair, in (C, K) order and in the (K, C) order of channel-last kernels; pairs begin at even places, because the instruction adds bytes 0 and 1, 2 and 3.</summary>
    private static int LargestPair(ReadOnlySpan<sbyte> weights, int kernel)
    {
        var inputs = weights.Length / kernel;
        var largest = 0;
        for (var i = 1; i < weights.Length; i += 2)
        {
            var a = weights[((i - 1) % inputs * kernel) + ((i - 1) / inputs)];
            var b = weights[(i % inputs * kernel) + (i / inputs)];
            largest = Math.Max(largest, Math.Max(Math.Abs(weights[i] + weights[i - 1]), Math.Abs(a + b)));
        }

        return largest;
    }

    /// <summary>Bias minus the mean error of the rounded weights: the operation is linear, so the mean input is enough.</summary>
    private static float[] Corrected(Operation operation, IWeighted weighted, float[] rounded, float[] meanInput)
    {
        var error = new float[rounded.Length];
        for (var i = 0; i < error.Length; i++) error[i] = rounded[i] - weighted.Weights[i];
        var channels = weighted.OutputChannels;
        var none = new float[channels];
        Operation difference = operation is ConvolutionOperation convolution
            ? convolution with { Weights = error, Bias = none, Phases = 1, Output = new Shape(convolution.Rows, channels) }
            : weighted.With(error, none);
        var output = new float[difference.Output.Count];
        difference.Run(meanInput, output);
        var rows = output.Length / channels;
        var bias = (float[])weighted.Bias.Clone();
        for (var o = 0; o < channels; o++)
        {
            double sum = 0;
            for (var i = 0; i < rows; i++) sum += output[(o * rows) + i];
            bias[o] -= (float)(sum / rows);
        }

        return bias;
    }
}
