using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Tests.Learning.Training;

/// <summary>One parameter of a layer as PyTorch lays it out, and what its first values are divided by in the
/// recorded runs: the values that meet in one sum, 8 for vectors.</summary>
internal sealed record PyTorchOrder(double FanIn, Func<float[]> Read, Action<float[]> Write)
{
    public static PyTorchOrder Of(Layer layer, int index)
    {
        if (layer is Residual { Projection: { } projection }) return Of(projection, index);
        var parameter = layer.Parameters[index];
        return (layer, index) switch
        {
            (Conv1d conv, 0) => new(parameter.Count / layer.Output.Channels, () => conv.Weights, values => conv.Weights = values),
            (Conv2d conv, 0) => new(parameter.Count / layer.Output.Channels, () => conv.Weights, values => conv.Weights = values),
            (ConvTranspose1d conv, 0) => new(parameter.Count / layer.Input.Channels, () => conv.Weights, values => conv.Weights = values),
            (ConvTranspose2d conv, 0) => new(parameter.Count / layer.Input.Channels, () => conv.Weights, values => conv.Weights = values),
            (Dense dense, 0) => new(parameter.Count / layer.Output.Channels, () => dense.Weights, values => dense.Weights = values),
            (Gru gru, 0) => new(layer.Input.Channels, () => gru.InputWeights, values => gru.InputWeights = values),
            (Gru gru, 1) => new(layer.Output.Channels, () => gru.StateWeights, values => gru.StateWeights = values),
            (SelfAttention attention, 0) => new(layer.Input.Channels, () => attention.InWeights, values => attention.InWeights = values),
            (SelfAttention attention, 2) => new(layer.Input.Channels, () => attention.OutWeights, values => attention.OutWeights = values),
            (Embedding, 0) => new(layer.Output.Channels, () => parameter.Span.ToArray(), values => values.CopyTo(parameter.Span)),
            _ => new(8, () => parameter.Span.ToArray(), values => values.CopyTo(parameter.Span)),
        };
    }
}
