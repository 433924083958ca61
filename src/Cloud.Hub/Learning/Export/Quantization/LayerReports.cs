using System.Globalization;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training.Layers;
using Hmas.Inference;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Looks into a quantized chain layer by layer: the chain in float beside the same chain with every weight and tensor rounded.</summary>
internal static class LayerReports
{
    /// <param name="windows">That judge, (C, L) each.</param>
    /// <param name="nodes">Times of the int8 graph.</param>
    /// <param name="output">Name of the graph's output.</param>
    public static IReadOnlyList<LayerQuantizationReport> Make(
        IReadOnlyList<Operation> operations, Quantizer quantizer, QuantizationPlan plan, IReadOnlyList<float[]> windows,
        IReadOnlyList<NodeTime> nodes, string output)
    {
        var precise = new OperationRun(operations);
        var rounded = new OperationRun(
            [.. operations.Select((o, i) => o is IWeighted weighted && plan.Weights[i] is { } rounding
                ? Rounded(weighted, rounding) with { From = o.From } : o)]);
        var (signal, noise) = (new double[operations.Count], new double[operations.Count]);
        var (saturated, seen) = (new long[operations.Count], new long[operations.Count]);
        foreach (var window in windows)
        {
            window.CopyTo(precise.Input);
            window.CopyTo(rounded.Input);
            if (plan.Input is { } input) Round(rounded.Input, input);
            precise.Run();
            rounded.Run((i, values) =>
            {
                if (FeedsRelu(operations, i) || plan.Outputs[i] is not { } quantization) return;
                saturated[i] += Saturated(values, quantization);
                seen[i] += values.Length;
                Round(values, quantization);
            });
            for (var i = 0; i < operations.Count; i++)
            {
                for (var j = 0; j < precise.Tensors[i + 1].Length; j++)
                {
                    signal[i] += Math.Pow(precise.Tensors[i + 1][j], 2);
                    noise[i] += Math.Pow(precise.Tensors[i + 1][j] - rounded.Tensors[i + 1][j], 2);
                }
            }
        }

        return [.. Enumerable.Range(0, operations.Count).Where(i => operations[i] is IWeighted).Select(i => Report(i))];

        LayerQuantizationReport Report(int i)
        {
            // What only feeds a ReLU is rounded behind it.
            var behind = FeedsRelu(operations, i) ? i + 1 : i;
            var (weightSqnr, unsafeChannels) = plan.Weights[i] is null ? (double.PositiveInfinity, 0) : quantizer.WeightsOf(i);
            return new LayerQuantizationReport(
                $"{i} {(operations[i] is DenseOperation ? "Gemm" : "Conv")}", weightSqnr,
                noise[behind] == 0 ? double.PositiveInfinity : 10 * Math.Log10(signal[behind] / noise[behind]),
                (double)saturated[behind] / Math.Max(1, seen[behind]), unsafeChannels,
                nodes.Where(node => OperationOf(node.Name, output, operations.Count) == i).Sum(node => node.MedianUs));
        }
    }

    /// <summary>Which operation a node belongs to: the writer names values after them, the last one after
    /// the output; −1 for what the runtime adds at the edges.</summary>
    public static int OperationOf(string node, string output, int operations)
    {
        var digits = node.Length > 1 && node[0] == 't' ? node[1..].TakeWhile(char.IsAsciiDigit).Count() : 0;
        if (digits > 0) return int.Parse(node.AsSpan(1, digits), CultureInfo.InvariantCulture);
        return node.StartsWith(output, StringComparison.Ordinal) ? operations - 1 : -1;
    }

    private static bool FeedsRelu(IReadOnlyList<Operation> operations, int i) =>
        i + 1 < operations.Count && operations[i + 1] is ActivationOperation { Function: ActivationKind.Relu };

    private static long Saturated(float[] values, TensorQuantization quantization)
    {
        var count = 0L;
        foreach (var value in values)
        {
            var step = MathF.Round(value / quantization.Scale, MidpointRounding.ToEven) + quantization.Zero;
            if (step > 255 || step < 0) count++;
        }

        return count;
    }

    private static void Round(Span<float> values, TensorQuantization quantization)
    {
        foreach (ref var value in values) value = quantization.Round(value);
    }

    private static Operation Rounded(IWeighted weighted, WeightQuantization quantization)
    {
        var row = quantization.Values.Length / weighted.OutputChannels;
        return weighted.With(
            [.. quantization.Values.Select((value, i) => value * quantization.Scales[i / row])],
            [.. quantization.Bias.Select((bias, o) => bias * quantization.BiasScales[o])]);
    }
}
