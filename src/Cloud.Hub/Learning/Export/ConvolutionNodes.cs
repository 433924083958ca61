using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Export.Quantization;

namespace Cloud.Hub.Learning.Export;

/// <summary>Convolutions as nodes of a graph, those with phases with the nodes that weave them together.</summary>
internal sealed class ConvolutionNodes(OnnxGraph graph, RoundedNodes nodes)
{
    /// <param name="i">The operation's place, which names its nodes.</param>
    /// <param name="fused">Whether the ReLU behind it belongs to it.</param>
    /// <param name="name">Of the result.</param>
    public void Emit(int i, ConvolutionOperation convolution, string value, bool fused, string name, TensorQuantization? quantization)
    {
        var (weights, bias) = nodes.Weights(
            i, convolution, convolution.OutputChannels, convolution.Input.Channels / convolution.Groups, convolution.Kernel);
        var woven = convolution.Phases > 1;
        var rows = woven ? $"t{i}_rows" : name;
        nodes.Compute(i, rows, fused, quantization, result => graph.Node(
            "Conv", [value, weights, bias], result,
            OnnxAttribute.Of("dilations", [convolution.Dilation]),
            OnnxAttribute.Of("group", convolution.Groups),
            OnnxAttribute.Of("kernel_shape", [convolution.Kernel]),
            OnnxAttribute.Of("pads", [convolution.PadLeft, convolution.PadRight]),
            OnnxAttribute.Of("strides", [convolution.Stride])));
        if (!woven) return;

        // [phase, O] channels to time: the runtime cancels these transposes against its own channel-last ones.
        var swap = OnnxAttribute.Of("perm", [0, 2, 1]);
        nodes.Move(i, "Transpose", [rows], $"t{i}_last", quantization, swap);
        var all = convolution.Rows * convolution.Phases;
        var shape = graph.Longs($"t{i}_shape", [0, all, convolution.Output.Channels], 3);
        nodes.Move(i, "Reshape", [$"t{i}_last", shape], $"t{i}_woven", quantization);
        var time = $"t{i}_woven";
        if (all > convolution.Output.Length)
        {
            nodes.Move(i, "Slice",
                [time, graph.Longs($"t{i}_from", [0], 1), graph.Longs($"t{i}_to", [convolution.Output.Length], 1),
                    graph.Longs($"t{i}_axis", [1], 1)],
                $"t{i}_cut", quantization);
            time = $"t{i}_cut";
        }

        nodes.Move(i, "Transpose", [time], name, quantization, swap);
    }

    /// <inheritdoc cref="Emit(int, ConvolutionOperation, string, bool, string, TensorQuantization?)"/>
    public void Emit(int i, PlaneConvolutionOperation plane, string value, bool fused, string name, TensorQuantization? quantization)
    {
        var g = plane.Geometry;
        var (weights, bias) = nodes.Weights(i, plane, g.Outputs, g.ChannelsPerGroup, g.Kernel, g.Kernel);
        nodes.Compute(i, name, fused, quantization, result => graph.Node(
            "Conv", [value, weights, bias], result,
            OnnxAttribute.Of("dilations", [g.Dilation, g.Dilation]),
            OnnxAttribute.Of("group", g.Groups),
            OnnxAttribute.Of("kernel_shape", [g.Kernel, g.Kernel]),
            OnnxAttribute.Of("pads", [g.Padding, g.Padding, g.Padding, g.Padding]),
            OnnxAttribute.Of("strides", [g.Stride, g.Stride])));
    }

    /// <inheritdoc cref="Emit(int, ConvolutionOperation, string, bool, string, TensorQuantization?)"/>
    public void Emit(int i, PlaneSpreadOperation spread, string value, bool fused, string name, TensorQuantization? quantization)
    {
        var (weights, bias) = nodes.Weights(i, spread, spread.OutputChannels, spread.Input.Channels, spread.Kernel, spread.Kernel);
        var (phases, outputs, rows, columns) = (spread.Phases, spread.Output.Channels, spread.Rows, spread.Columns);
        nodes.Compute(i, $"t{i}_rows", fused, quantization, result => graph.Node(
            "Conv", [value, weights, bias], result,
            OnnxAttribute.Of("kernel_shape", [spread.Kernel, spread.Kernel]),
            OnnxAttribute.Of("pads", [spread.PadBefore, spread.PadBefore, spread.PadBehind.Rows, spread.PadBehind.Columns])));
        nodes.Move(i, "Reshape", [$"t{i}_rows", graph.Longs($"t{i}_phases", [0, phases, phases, outputs, rows, columns], 6)], $"t{i}_parted",
            quantization);
        nodes.Move(i, "Transpose", [$"t{i}_parted"], $"t{i}_woven", quantization, OnnxAttribute.Of("perm", [0, 3, 4, 1, 5, 2]));
        var (height, width) = (rows * phases, columns * phases);
        var isWhole = height == spread.Output.Height && width == spread.Output.Width;
        var whole = isWhole ? name : $"t{i}_whole";
        nodes.Move(i, "Reshape", [$"t{i}_woven", graph.Longs($"t{i}_shape", [0, outputs, height, width], 4)], whole, quantization);
        if (isWhole) return;
        nodes.Move(i, "Slice",
            [whole, graph.Longs($"t{i}_from", [0, 0], 2), graph.Longs($"t{i}_to", [spread.Output.Height, spread.Output.Width], 2),
                graph.Longs($"t{i}_axes", [2, 3], 2)],
            name, quantization);
    }
}
