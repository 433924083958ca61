using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export;

/// <summary>Dense weights of flat values: time-major in training, channel-major in ONNX.</summary>
internal static class FlatOrder
{
    /// <summary>The dense layer behind a flatten reads channel-major inputs.</summary>
    /// <param name="shape">Before the flatten.</param>
    public static float[] Columns(float[] weights, Shape shape)
    {
        var result = new float[weights.Length];
        var inputs = shape.Count;
        for (var i = 0; i < weights.Length; i++)
        {
            var (row, column) = (i / inputs, i % inputs);
            result[(row * inputs) + (column % shape.Channels * shape.Length) + (column / shape.Channels)] = weights[i];
        }

        return result;
    }

    /// <summary>The dense layer before an unflatten makes its outputs channel-major.</summary>
    public static void TurnRows(List<Operation> operations, Layer unflatten)
    {
        var at = operations.FindLastIndex(o => o is not ActivationOperation);
        if (at < 0 || operations[at] is not DenseOperation dense) throw OperationBuilder.NotExported(unflatten, "without a dense layer before it");
        var shape = unflatten.Output;
        var inputs = dense.Input.Channels;
        var weights = new float[dense.Weights.Length];
        var bias = new float[dense.Bias.Length];
        for (var row = 0; row < bias.Length; row++)
        {
            var turned = (row % shape.Channels * shape.Length) + (row / shape.Channels);
            bias[turned] = dense.Bias[row];
            dense.Weights.AsSpan(row * inputs, inputs).CopyTo(weights.AsSpan(turned * inputs));
        }

        operations[at] = dense with { Weights = weights, Bias = bias };
    }
}
