using System.Numerics.Tensors;
using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>Gives all channels of a tensor between two weighted operations the same range (Nagel et al. 2019, cross-layer equalisation): a tensor
/// has one scale, so a quiet channel would get few of its 256 steps. The chain answers as before.</summary>
/// <remarks>Works because a factor above 0 passes through ReLU, pooling and moving of values. The weights before it have
/// a scale a channel and do not mind; those behind take the factor back.</remarks>
internal static class Equalisation
{
    /// <summary>A channel that hardly ever speaks is not amplified without bound.</summary>
    private const float MostGain = 64f;

    /// <param name="windows">Normal windows, (C, L) each.</param>
    public static IReadOnlyList<Operation> Apply(IReadOnlyList<Operation> operations, IEnumerable<float[]> windows)
    {
        var pairs = Pairs(operations).ToList();
        if (pairs.Count == 0) return operations;
        var sizes = pairs.Select(pair => new float[operations[pair.First].Output.Channels]).ToList();
        var run = new OperationRun(operations);
        foreach (var window in windows)
        {
            window.CopyTo(run.Input);
            run.Run();
            for (var p = 0; p < pairs.Count; p++) Widen(sizes[p], run.Tensors[pairs[p].Tensor]);
        }

        var result = operations.ToArray();
        for (var p = 0; p < pairs.Count; p++)
        {
            var gains = Gains(sizes[p]);
            result[pairs[p].First] = Before(result[pairs[p].First], gains);
            result[pairs[p].Second] = Behind(result[pairs[p].Second], gains);
        }

        return result;
    }

    /// <summary>Weighted operations with nothing between them but what a factor passes through, and the tensor that is rounded there.</summary>
    private static IEnumerable<(int First, int Tensor, int Second)> Pairs(IReadOnlyList<Operation> operations)
    {
        var shared = operations.Where(o => o.From is not null).Select(o => o.From!.Value)
            .Concat(operations.OfType<AddOperation>().Select(o => o.Other)).ToHashSet();
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i] is not IWeighted) continue;
            var j = i + 1;
            while (j < operations.Count && Passes(operations[j]) && operations[j].From is null && !shared.Contains(j)) j++;
            if (j < operations.Count && operations[j] is IWeighted && operations[j].From is null && !shared.Contains(j))
                yield return (i, operations[i + 1] is ActivationOperation ? i + 2 : i + 1, j);
        }
    }

    private static bool Passes(Operation operation) => operation is
        ActivationOperation { Function: ActivationKind.Relu or ActivationKind.LeakyRelu } or MaxPoolOperation or MeanPoolOperation
            or AveragePoolOperation or LastStepOperation
        or ReshapeOperation { Output.Length: 1 };

    private static void Widen(float[] sizes, float[] tensor)
    {
        var length = tensor.Length / sizes.Length;
        for (var c = 0; c < sizes.Length; c++)
            sizes[c] = Math.Max(sizes[c], Math.Abs(TensorPrimitives.MaxMagnitude<float>(tensor.AsSpan(c * length, length))));
    }

    private static float[] Gains(float[] sizes)
    {
        var largest = TensorPrimitives.Max<float>(sizes);
        return [.. sizes.Select(size => size > 0 ? Math.Min(largest / size, MostGain) : 1f)];
    }

    /// <summary>A channel of weights may belong to several phases of one channel of the output.</summary>
    private static Operation Before(Operation operation, float[] gains)
    {
        var weighted = (IWeighted)operation;
        var row = weighted.Weights.Length / weighted.OutputChannels;
        return weighted.With(
            [.. weighted.Weights.Select((w, i) => w * gains[i / row % gains.Length])],
            [.. weighted.Bias.Select((b, o) => b * gains[o % gains.Length])]);
    }

    private static Operation Behind(Operation operation, float[] gains)
    {
        var weighted = (IWeighted)operation;
        var row = weighted.Weights.Length / weighted.OutputChannels;
        var perGroup = row / weighted.KernelSize;
        var rowsPerGroup = weighted.OutputChannels / weighted.Groups;
        // Behind a flatten a channel has as many columns as it had rows in time.
        var columns = perGroup * weighted.Groups / gains.Length;
        return weighted.With(
            [.. weighted.Weights.Select((w, i) => w / gains[((i / row / rowsPerGroup * perGroup) + (i % row / weighted.KernelSize)) / columns])],
            weighted.Bias);
    }
}
