using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export;

/// <summary>A trained network as export operations: dropout gone, batch norm folded into the weights before it, transposed
/// convolutions rewritten as convolutions, time-major weights turned to channel-major.</summary>
internal static class OperationBuilder
{
    /// <exception cref="NotSupportedException">A layer that has no exact form for export; the message names it.</exception>
    public static IReadOnlyList<Operation> Build(Network network)
    {
        var operations = new List<Operation>();
        // Shape before a flatten whose values are still time-major to the layers behind it.
        Shape? flattened = null;
        // Tensor that holds the value before each layer: 0 is the input, i + 1 what operation i makes.
        var tensors = new List<int>();
        var skipped = network.Layers.OfType<Residual>().Select(residual => residual.Position - residual.Back).ToHashSet();
        foreach (var layer in network.Layers)
        {
            tensors.Add(operations.Count);
            switch (layer)
            {
                case Dropout:
                    break;
                case Activation activation:
                    operations.Add(new ActivationOperation(layer.Input, activation.Function));
                    break;
                case Conv1d convolution:
                    operations.Add(Convolve(convolution));
                    break;
                case Conv2d plane:
                    operations.Add(Convolve(plane));
                    break;
                case MaxPool pool:
                    operations.Add(new MaxPoolOperation(layer.Input, pool.Geometry));
                    break;
                case MeanPool pool:
                    operations.Add(new MeanPoolOperation(layer.Input, pool.Geometry));
                    break;
                case Residual residual:
                    Join(operations, residual, tensors[layer.Position - residual.Back]);
                    break;
                case ConvTranspose1d transposed:
                    operations.Add(TransposedRewrite.Of(transposed));
                    break;
                case ConvTranspose2d transposed:
                    operations.Add(TransposedRewrite.Of(transposed));
                    break;
                case LayerNorm norm:
                    if (flattened is not null) throw NotExported(layer, "behind a flatten");
                    operations.Add(new LayerNormOperation(layer.Input) { Scale = norm.Scale.ToArray(), Shift = norm.Shift.ToArray() });
                    break;
                case Gru gru:
                    operations.Add(new GruOperation(layer.Input, layer.Output)
                    {
                        InputWeights = gru.InputWeights, StateWeights = gru.StateWeights, InputBias = gru.InputBias.ToArray(),
                        StateBias = gru.StateBias.ToArray(),
                    });
                    break;
                case SelfAttention attention:
                    operations.Add(new AttentionOperation(layer.Input, attention.Heads)
                    {
                        InWeights = attention.InWeights, InBias = attention.InBias.ToArray(), OutWeights = attention.OutWeights,
                        OutBias = attention.OutBias.ToArray(),
                    });
                    break;
                case Embedding embedding:
                    operations.Add(new EmbeddingOperation(layer.Input, layer.Output) { Table = embedding.Table.ToArray() });
                    break;
                case Delay:
                    // A convolution that takes each channel's row before.
                    operations.Add(new ConvolutionOperation(layer.Input, layer.Output)
                    {
                        Weights = [.. Enumerable.Range(0, 2 * layer.Input.Channels).Select(i => i % 2 == 0 ? 1f : 0f)],
                        Bias = new float[layer.Input.Channels],
                        Kernel = 2,
                        PadLeft = 1,
                        Groups = layer.Input.Channels,
                    });
                    break;
                case LastStep:
                    operations.Add(new LastStepOperation(layer.Input));
                    break;
                case Dense dense:
                    var columns = flattened is { } order ? FlatOrder.Columns(dense.Weights, order) : dense.Weights;
                    flattened = null;
                    operations.Add(new DenseOperation(layer.Input, layer.Output) { Weights = columns, Bias = dense.Bias.ToArray() });
                    break;
                case Flatten:
                    if (layer.Input.Length > 1)
                    {
                        operations.Add(new ReshapeOperation(layer.Input, layer.Output));
                        flattened = layer.Input;
                    }

                    break;
                case Unflatten:
                    FlatOrder.TurnRows(operations, layer);
                    operations.Add(new ReshapeOperation(layer.Input, layer.Output));
                    break;
                case GlobalAveragePool:
                    operations.Add(new AveragePoolOperation(layer.Input));
                    break;
                case BatchNorm norm:
                    if (flattened is not null) throw NotExported(layer, "behind a flatten");
                    if (skipped.Contains(layer.Position)) throw NotExported(layer, "where a residual layer reads its input");
                    BatchNormFold.Into(operations, norm);
                    break;
                default:
                    throw NotExported(layer, "in general");
            }
        }

        if (flattened is not null) throw new NotSupportedException("a network that ends flat needs a dense layer behind the flatten");
        return operations;
    }

    /// <summary>What a layer says that has no exact form there.</summary>
    public static NotSupportedException NotExported(Layer layer, string where) =>
        new($"layer {layer.Position} ({layer.Kind}) cannot be exported {where}");

    private static ConvolutionOperation Convolve(Conv1d layer)
    {
        var shape = layer.Geometry;
        return new ConvolutionOperation(layer.Input, layer.Output)
        {
            Weights = layer.Weights,
            Bias = layer.Bias.ToArray(),
            Kernel = shape.Kernel,
            Stride = shape.Stride,
            PadLeft = shape.Padding,
            PadRight = shape.Padding,
            Dilation = shape.Dilation,
            Groups = shape.Groups,
        };
    }

    private static Operation Convolve(Conv2d layer)
    {
        var shape = layer.Geometry;
        var (weights, bias) = (layer.Weights, layer.Bias.ToArray());
        return layer.Input.Width > 1
            ? new PlaneConvolutionOperation(layer.Input, layer.Output, shape) { Weights = weights, Bias = bias }
            : new ConvolutionOperation(
                layer.Input, layer.Output) { Weights = weights, Bias = bias, Kernel = 1, Stride = shape.Stride, Groups = shape.Groups };
    }

    private static void Join(List<Operation> operations, Residual layer, int skip)
    {
        var before = operations.Count;
        if (layer.Projection is { } projection) operations.Add(Convolve(projection) with { From = skip });
        operations.Add(new AddOperation(layer.Input, layer.Projection is null ? skip : operations.Count) { From = before });
    }
}
