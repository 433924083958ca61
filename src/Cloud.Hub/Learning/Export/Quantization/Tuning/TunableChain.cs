using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export.Quantization.Tuning;

/// <summary>Export operations turned back into layers that learn, with a <see cref="FakeQuantize"/> wherever the int8 graph has a
/// quantize/dequantize pair. Batch norm is folded and channels are equal already, so what is learnt is what ships.</summary>
internal sealed class TunableChain : IDisposable
{
    private readonly FakeQuantize?[] _roundings;
    private readonly IWeightedLayer?[] _weighted;

    /// <param name="plan">Where tensors are rounded, and how to begin with.</param>
    /// <param name="learnsRanges">Whether the steps of tensors may move.</param>
    /// <exception cref="NotSupportedException">An operation without a layer that learns; <see cref="Obstacle"/> names it.</exception>
    public TunableChain(IReadOnlyList<Operation> operations, QuantizationPlan plan, bool learnsRanges)
    {
        if (Obstacle(operations) is { } obstacle) throw new NotSupportedException(obstacle);
        _roundings = new FakeQuantize?[operations.Count + 1];
        _weighted = new IWeightedLayer?[operations.Count];
        var layers = new List<Layer>();
        if (plan.Input is { } input) layers.Add(_roundings[0] = new FakeQuantize(input.Scale, input.Zero, learnsRanges));
        for (var i = 0; i < operations.Count; i++)
        {
            var own = LayersOf(operations[i]).ToList();
            _weighted[i] = own[0] as IWeightedLayer;
            layers.AddRange(own);
            if (plan.Outputs[i] is not { } rounded || Keeps(operations, i)) continue;
            _roundings[i + 1] = new FakeQuantize(
                rounded.Scale, rounded.Zero,
                learnsRanges && operations[i] is not ActivationOperation { Function: ActivationKind.Sigmoid or ActivationKind.Tanh });
            layers.Add(_roundings[i + 1]!);
        }

        Network = new Network(operations[0].Input, layers, seed: 0);
    }

    public Network Network { get; }

    /// <summary>Why a chain has no form that learns; null when it has.</summary>
    public static string? Obstacle(IReadOnlyList<Operation> operations)
    {
        for (var i = 0; i < operations.Count; i++)
        {
            if (operations[i].From is not null || !LayersOf(operations[i]).Any())
                return $"operation {i} ({operations[i].GetType().Name}) cannot be fine-tuned";
        }

        return null;
    }

    /// <summary>The layer of an operation with weights.</summary>
    public IWeightedLayer Layer(int operation) => _weighted[operation]!;

    /// <summary>How a tensor is rounded now: the input (0) or what an operation makes (i + 1); null where nothing is rounded anew.</summary>
    public TensorQuantization? Rounding(int tensor) => _roundings[tensor] is { } layer ? new TensorQuantization(layer.Step, layer.Zero) : null;

    /// <summary>The place in time-major values for each channel-major one.</summary>
    public static int[] TimeMajor(Shape shape) =>
        [.. Enumerable.Range(0, shape.Count).Select(i => (i % shape.Length * shape.Channels) + (i / shape.Length))];

    public void Dispose() => Network.Dispose();

    /// <summary>Nothing is rounded behind it: what only moves values keeps their rounding, a ReLU
    /// takes it over, a last dense layer gives float.</summary>
    private static bool Keeps(IReadOnlyList<Operation> operations, int i) => operations[i] switch
    {
        ReshapeOperation or MaxPoolOperation or LastStepOperation => true,
        DenseOperation when i == operations.Count - 1 => true,
        _ => i + 1 < operations.Count && operations[i + 1] is ActivationOperation { Function: ActivationKind.Relu },
    };

    private static IEnumerable<Layer> LayersOf(Operation operation)
    {
        switch (operation)
        {
            case ConvolutionOperation c:
                yield return new Conv1d(c.OutputChannels, c.Kernel, c.Stride, c.PadLeft, c.Dilation, c.Groups, c.PadRight);
                // Channels [phase, O] of a row are the rows of the phases one after the other.
                if (c.Phases > 1) yield return new Reorder(c.Output, [.. Enumerable.Range(0, c.Output.Count)]);
                break;
            case PlaneConvolutionOperation { Geometry: var g }:
                yield return new Conv2d(g.Outputs, g.Kernel, g.Stride, g.Padding, g.Dilation, g.Groups);
                break;
            case DenseOperation dense:
                yield return new Dense(dense.Output.Channels);
                break;
            case ActivationOperation activation:
                yield return new Activation(activation.Function);
                break;
            case ReshapeOperation:
                yield return new Reorder(operation.Output, Moved(operation.Input, operation.Output));
                break;
            case MaxPoolOperation { Geometry: var g }:
                yield return new MaxPool(g.Window, g.Stride);
                break;
            case MeanPoolOperation { Geometry: var g }:
                yield return new MeanPool(g.Window, g.Stride);
                break;
            case AveragePoolOperation:
                yield return new GlobalAveragePool();
                break;
            case LastStepOperation:
                yield return new LastStep();
                break;
        }
    }

    /// <summary>Channel-major values stay where they are, so time-major ones move.</summary>
    private static int[] Moved(Shape before, Shape after)
    {
        var result = new int[after.Count];
        var (from, to) = (TimeMajor(before), TimeMajor(after));
        for (var i = 0; i < result.Length; i++) result[to[i]] = from[i];
        return result;
    }
}
