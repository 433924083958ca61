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
                    operations.Add(Rewrite(transposed));
                    break;
                case ConvTranspose2d transposed:
                    operations.Add(Rewrite(transposed));
                    break;
                case LayerNorm norm:
                    if (flattened is not null) throw Unsupported(layer, "behind a flatten");
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
                    var columns = flattened is { } order ? ChannelMajorColumns(dense.Weights, order) : dense.Weights;
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
                    TurnRows(operations, layer);
                    operations.Add(new ReshapeOperation(layer.Input, layer.Output));
                    break;
                case GlobalAveragePool:
                    operations.Add(new AveragePoolOperation(layer.Input));
                    break;
                case BatchNorm norm:
                    if (flattened is not null) throw Unsupported(layer, "behind a flatten");
                    if (skipped.Contains(layer.Position)) throw Unsupported(layer, "where a residual layer reads its input");
                    Fold(operations, norm);
                    break;
                default:
                    throw Unsupported(layer, "in general");
            }
        }

        if (flattened is not null) throw new NotSupportedException("a network that ends flat needs a dense layer behind the flatten");
        return operations;
    }

    private static NotSupportedException Unsupported(Layer layer, string where) =>
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

    private static ConvolutionOperation Rewrite(ConvTranspose1d layer)
    {
        var shape = layer.Geometry;
        var padLeft = -shape.FirstTap;
        var padRight = shape.PhaseRows - 1 + shape.FirstTap + ((shape.Taps - 1) * shape.TapStep) - (shape.SmallLength - 1);
        if (padLeft < 0 || padRight < 0)
            throw Unsupported(layer, $"with padding {shape.Padding} for kernel {shape.Kernel} and stride {shape.Stride}");
        var source = layer.Weights; // (I, O, K)
        var (inputs, outputs) = (shape.SmallChannels, shape.BigChannels);
        var weights = new float[shape.Stride * outputs * inputs * shape.Taps];
        var bias = new float[shape.Stride * outputs];
        for (var phase = 0; phase < shape.Stride; phase++)
        {
            for (var o = 0; o < outputs; o++)
            {
                var channel = (phase * outputs) + o;
                bias[channel] = layer.Bias[o];
                for (var i = 0; i < inputs; i++)
                {
                    for (var tap = 0; tap < shape.Taps; tap++)
                    {
                        var k = shape.KernelIndex(tap, phase);
                        if ((uint)k < (uint)shape.Kernel)
                            weights[(((channel * inputs) + i) * shape.Taps) + tap] = source[(((i * outputs) + o) * shape.Kernel) + k];
                    }
                }
            }
        }

        return new ConvolutionOperation(layer.Input, layer.Output)
        {
            Weights = weights,
            Bias = bias,
            Kernel = shape.Taps,
            PadLeft = padLeft,
            PadRight = padRight,
            Dilation = shape.TapStep,
            Phases = shape.Stride,
        };
    }

    private static PlaneSpreadOperation Rewrite(ConvTranspose2d layer)
    {
        var shape = layer.Geometry;
        var before = Enumerable.Range(0, shape.Stride).Max(phase => -shape.FirstOutput(phase));
        var behind = Enumerable.Range(0, shape.Stride).Max(phase => shape.FirstOutput(phase) + shape.Taps(phase) - 1);
        var kernel = before + behind + 1;
        var source = layer.Weights; // (I, O, K, K)
        var (inputs, outputs) = (shape.Outputs, shape.Channels);
        var weights = new float[shape.Stride * shape.Stride * outputs * inputs * kernel * kernel];
        for (var i = 0; i < weights.Length; i++)
        {
            var (tapX, tapY, c, channel) = (i % kernel, i / kernel % kernel, i / (kernel * kernel) % inputs, i / (kernel * kernel * inputs));
            var (phaseY, phaseX) = (channel / outputs / shape.Stride, channel / outputs % shape.Stride);
            var (ky, kx) = (Tap(phaseY, tapY), Tap(phaseX, tapX));
            if ((uint)ky < (uint)shape.Kernel && (uint)kx < (uint)shape.Kernel)
                weights[i] = source[(((((c * outputs) + (channel % outputs)) * shape.Kernel) + ky) * shape.Kernel) + kx];
        }

        var (rows, columns) = (Whole(shape.Height), Whole(shape.Width));
        var (behindRows, behindColumns) = (rows - layer.Input.Height + behind, columns - layer.Input.Width + behind);
        if (before < 0 || behindRows < 0 || behindColumns < 0)
            throw Unsupported(layer, $"with padding {shape.Padding} for kernel {shape.Kernel} and stride {shape.Stride}");
        return new PlaneSpreadOperation(layer.Input, layer.Output, shape.Stride)
        {
            Weights = weights,
            Bias = [.. Enumerable.Range(0, shape.Stride * shape.Stride).SelectMany(_ => layer.Bias.ToArray())],
            Kernel = kernel,
            PadBefore = before,
            PadBehind = (behindRows, behindColumns),
        };

        int Whole(int length) => (length + shape.Stride - 1) / shape.Stride;

        // Output s·m + phase meets input m − before + tap through this place of the kernel.
        int Tap(int phase, int tap) => phase + shape.Padding - (shape.Stride * (tap - before));
    }

    private static float[] ChannelMajorColumns(float[] weights, Shape shape)
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
    private static void TurnRows(List<Operation> operations, Layer unflatten)
    {
        var at = operations.FindLastIndex(o => o is not ActivationOperation);
        if (at < 0 || operations[at] is not DenseOperation dense) throw Unsupported(unflatten, "without a dense layer before it");
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

    private static void Fold(List<Operation> operations, BatchNorm norm)
    {
        var channels = norm.Input.Channels;
        var factor = new float[channels];
        var offset = new float[channels];
        for (var c = 0; c < channels; c++)
        {
            factor[c] = norm.Scale[c] / MathF.Sqrt(norm.RunningVariance[c] + BatchNorm.Epsilon);
            offset[c] = norm.Shift[c] - (norm.RunningMean[c] * factor[c]);
        }

        if (operations.Count > 0 && operations[^1] is IWeighted weighted)
        {
            var weights = (float[])weighted.Weights.Clone();
            var bias = (float[])weighted.Bias.Clone();
            var row = weights.Length / weighted.OutputChannels;
            for (var o = 0; o < weighted.OutputChannels; o++)
            {
                bias[o] = (bias[o] * factor[o % channels]) + offset[o % channels];
                for (var i = 0; i < row; i++) weights[(o * row) + i] *= factor[o % channels];
            }

            operations[^1] = weighted.With(weights, bias);
            return;
        }

        operations.Add(norm.Input.Length == 1
            ? new DenseOperation(norm.Input, norm.Output) { Weights = Diagonal(factor), Bias = offset }
            : new ConvolutionOperation(norm.Input, norm.Output) { Weights = factor, Bias = offset, Kernel = 1, Groups = channels });
    }

    private static float[] Diagonal(float[] values)
    {
        var result = new float[values.Length * values.Length];
        for (var i = 0; i < values.Length; i++) result[(i * values.Length) + i] = values[i];
        return result;
    }
}
