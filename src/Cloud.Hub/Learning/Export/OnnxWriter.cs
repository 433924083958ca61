using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Kernels;
using Cloud.Hub.Learning.Training.Layers;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Export;

/// <summary>Export operations as an ONNX file: float32, or int8 with quantize/dequantize pairs laid so that ONNX Runtime
/// runs every product in int8 (design facts on quantization, sections 3 to 6).</summary>
internal sealed class OnnxWriter
{
    private readonly OnnxGraph _graph = new();
    private readonly HashSet<string> _scales = [];
    private readonly IReadOnlyList<Operation> _operations;
    private readonly QuantizationPlan? _plan;
    private readonly string _output;

    /// <summary>Names of the values: the input's, then each operation's; a value that was fused away has none.</summary>
    private readonly string[] _values;

    private OnnxWriter(IReadOnlyList<Operation> operations, QuantizationPlan? plan, string output)
    {
        _operations = operations;
        _plan = plan;
        _output = output;
        _values = new string[operations.Count + 1];
    }

    /// <param name="plan">Null for float32.</param>
    /// <exception cref="ArgumentException">A tensor's shape is not the operations'.</exception>
    public static byte[] Write(string name, IReadOnlyList<Operation> operations, TensorSpec input, TensorSpec output, QuantizationPlan? plan = null)
    {
        Require(input, operations[0].Input);
        Require(output, operations[^1].Output);
        var writer = new OnnxWriter(operations, plan, output.Name);
        writer.Run(input.Name);
        return writer._graph.ToBytes(name, input, output);
    }

    private static void Require(TensorSpec tensor, Shape shape)
    {
        var batch = tensor.Shape[0];
        IReadOnlyList<int> flat = [batch, shape.Channels];
        IReadOnlyList<int> rows = shape.Width > 1 ? [batch, shape.Channels, shape.Height, shape.Width] : [batch, shape.Channels, shape.Length];
        if (!tensor.Shape.SequenceEqual(rows) && !(shape.Length == 1 && tensor.Shape.SequenceEqual(flat)))
            throw new ArgumentException(
                $"tensor '{tensor.Name}' ({string.Join(", ", tensor.Shape)}) is not the network's ({string.Join(", ", rows)})");
    }

    private void Run(string input)
    {
        _values[0] = _plan?.Input is { } entering ? Round(input, "input", entering, "input_dq") : input;
        var shared = _operations.Where(o => o.From is not null).Select(o => o.From!.Value)
            .Concat(_operations.OfType<AddOperation>().Select(o => o.Other)).ToHashSet();
        for (var i = 0; i < _operations.Count; i++)
        {
            var fused = _plan is not null && _operations[i] is IWeighted or AddOperation && !shared.Contains(i + 1)
                && i + 1 < _operations.Count && _operations[i + 1] is ActivationOperation { Function: ActivationKind.Relu };
            var behind = i + (fused ? 1 : 0);
            _values[behind + 1] = Emit(i, _values[_operations[i].From ?? i], fused, behind == _operations.Count - 1);
            i = behind;
        }
    }

    /// <summary>One operation (and the ReLU behind it when fused); returns the name of its value.</summary>
    private string Emit(int i, string value, bool fused, bool last)
    {
        var operation = _operations[i];
        var name = last ? _output : $"t{i}";
        var quantization = _plan?.Outputs[fused ? i + 1 : i];
        switch (operation)
        {
            case ConvolutionOperation convolution:
                Convolve(i, convolution, value, fused, name, quantization);
                break;
            case PlaneConvolutionOperation plane:
                Convolve(i, plane, value, fused, name, quantization);
                break;
            case PlaneSpreadOperation spread:
                Spread(i, spread, value, fused, name, quantization);
                break;
            case LayerNormOperation norm:
                Rounded(i, name, false, quantization, result => new FloatBlocks(_graph, $"f{i}").Emit(norm, value, result));
                break;
            case GruOperation gru:
                Rounded(i, name, false, quantization, result => new FloatBlocks(_graph, $"f{i}").Emit(gru, value, result));
                break;
            case AttentionOperation attention:
                Rounded(i, name, false, quantization, result => new FloatBlocks(_graph, $"f{i}").Emit(attention, value, result));
                break;
            case EmbeddingOperation embedding:
                Rounded(i, name, false, quantization, result => new FloatBlocks(_graph, $"f{i}").Emit(embedding, value, result));
                break;
            case LastStepOperation { Input.Length: > 1 } step:
                Move(i, "Gather", [value, _graph.Longs($"t{i}_step", [step.Input.Length - 1])], name, quantization, OnnxAttribute.Of("axis", 2L));
                break;
            case MaxPoolOperation pool:
                Move(i, "MaxPool", [value], name, quantization, Window(pool.Input, pool.Geometry));
                break;
            case MeanPoolOperation pool:
                Rounded(i, name, false, quantization, result => _graph.Node("AveragePool", [value], result, Window(pool.Input, pool.Geometry)));
                break;
            case AddOperation add:
                Rounded(i, name, fused, quantization, result => _graph.Node("Add", [value, _values[add.Other]], result));
                break;
            case DenseOperation dense:
                var (weights, bias) = Weights(i, dense, dense.Output.Channels, dense.Input.Channels);
                // A last product without a rounded output gives float directly; a ReLU behind it would need the pair.
                Rounded(i, name, fused, last && !fused ? null : quantization, result =>
                    _graph.Node("Gemm", [value, weights, bias], result, OnnxAttribute.Of("transB", 1L)));
                break;
            case ActivationOperation activation:
                Rounded(i, name, false, quantization, result => Apply(activation.Function, value, result));
                break;
            case AveragePoolOperation:
                Rounded(i, $"t{i}_pooled", false, quantization, result => _graph.Node("GlobalAveragePool", [value], result));
                Move(i, "Reshape", [$"t{i}_pooled", Dimensions($"t{i}_shape", operation.Output)], name, quantization);
                break;
            default:
                Move(i, "Reshape", [value, Dimensions($"t{i}_shape", operation.Output)], name, quantization);
                break;
        }

        return name;
    }

    private void Convolve(int i, ConvolutionOperation convolution, string value, bool fused, string name, TensorQuantization? quantization)
    {
        var (weights, bias) = Weights(
            i, convolution, convolution.OutputChannels, convolution.Input.Channels / convolution.Groups, convolution.Kernel);
        var woven = convolution.Phases > 1;
        var rows = woven ? $"t{i}_rows" : name;
        Rounded(i, rows, fused, quantization, result => _graph.Node(
            "Conv", [value, weights, bias], result,
            OnnxAttribute.Of("dilations", [convolution.Dilation]),
            OnnxAttribute.Of("group", convolution.Groups),
            OnnxAttribute.Of("kernel_shape", [convolution.Kernel]),
            OnnxAttribute.Of("pads", [convolution.PadLeft, convolution.PadRight]),
            OnnxAttribute.Of("strides", [convolution.Stride])));
        if (!woven) return;

        // [phase, O] channels to time: the runtime cancels these transposes against its own channel-last ones.
        var swap = OnnxAttribute.Of("perm", [0, 2, 1]);
        Move(i, "Transpose", [rows], $"t{i}_last", quantization, swap);
        var all = convolution.Rows * convolution.Phases;
        var shape = _graph.Longs($"t{i}_shape", [0, all, convolution.Output.Channels], 3);
        Move(i, "Reshape", [$"t{i}_last", shape], $"t{i}_woven", quantization);
        var time = $"t{i}_woven";
        if (all > convolution.Output.Length)
        {
            Move(i, "Slice",
                [time, _graph.Longs($"t{i}_from", [0], 1), _graph.Longs($"t{i}_to", [convolution.Output.Length], 1),
                    _graph.Longs($"t{i}_axis", [1], 1)],
                $"t{i}_cut", quantization);
            time = $"t{i}_cut";
        }

        Move(i, "Transpose", [time], name, quantization, swap);
    }

    private void Convolve(int i, PlaneConvolutionOperation plane, string value, bool fused, string name, TensorQuantization? quantization)
    {
        var g = plane.Geometry;
        var (weights, bias) = Weights(i, plane, g.Outputs, g.ChannelsPerGroup, g.Kernel, g.Kernel);
        Rounded(i, name, fused, quantization, result => _graph.Node(
            "Conv", [value, weights, bias], result,
            OnnxAttribute.Of("dilations", [g.Dilation, g.Dilation]),
            OnnxAttribute.Of("group", g.Groups),
            OnnxAttribute.Of("kernel_shape", [g.Kernel, g.Kernel]),
            OnnxAttribute.Of("pads", [g.Padding, g.Padding, g.Padding, g.Padding]),
            OnnxAttribute.Of("strides", [g.Stride, g.Stride])));
    }

    private void Spread(int i, PlaneSpreadOperation spread, string value, bool fused, string name, TensorQuantization? quantization)
    {
        var (weights, bias) = Weights(i, spread, spread.OutputChannels, spread.Input.Channels, spread.Kernel, spread.Kernel);
        var (phases, outputs, rows, columns) = (spread.Phases, spread.Output.Channels, spread.Rows, spread.Columns);
        Rounded(i, $"t{i}_rows", fused, quantization, result => _graph.Node(
            "Conv", [value, weights, bias], result,
            OnnxAttribute.Of("kernel_shape", [spread.Kernel, spread.Kernel]),
            OnnxAttribute.Of("pads", [spread.PadBefore, spread.PadBefore, spread.PadBehind.Rows, spread.PadBehind.Columns])));
        Move(i, "Reshape", [$"t{i}_rows", _graph.Longs($"t{i}_phases", [0, phases, phases, outputs, rows, columns], 6)], $"t{i}_parted",
            quantization);
        Move(i, "Transpose", [$"t{i}_parted"], $"t{i}_woven", quantization, OnnxAttribute.Of("perm", [0, 3, 4, 1, 5, 2]));
        var (height, width) = (rows * phases, columns * phases);
        var isWhole = height == spread.Output.Height && width == spread.Output.Width;
        var whole = isWhole ? name : $"t{i}_whole";
        Move(i, "Reshape", [$"t{i}_woven", _graph.Longs($"t{i}_shape", [0, outputs, height, width], 4)], whole, quantization);
        if (isWhole) return;
        Move(i, "Slice",
            [whole, _graph.Longs($"t{i}_from", [0, 0], 2), _graph.Longs($"t{i}_to", [spread.Output.Height, spread.Output.Width], 2),
                _graph.Longs($"t{i}_axes", [2, 3], 2)],
            name, quantization);
    }

    /// <summary>One number for time, the same twice for a plane.</summary>
    private static OnnxAttribute[] Window(Shape input, PoolShape geometry) => input.Width > 1
        ? [OnnxAttribute.Of("kernel_shape", [geometry.Window, geometry.Window]), OnnxAttribute.Of("strides", [geometry.Stride, geometry.Stride])]
        : [OnnxAttribute.Of("kernel_shape", [geometry.Window]), OnnxAttribute.Of("strides", [geometry.Stride])];

    private void Apply(ActivationKind function, string value, string result)
    {
        switch (function)
        {
            case ActivationKind.Relu: _graph.Node("Relu", [value], result); break;
            case ActivationKind.LeakyRelu: _graph.Node("LeakyRelu", [value], result, OnnxAttribute.Of("alpha", Activation.LeakySlope)); break;
            case ActivationKind.Sigmoid: _graph.Node("Sigmoid", [value], result); break;
            default: _graph.Node("Tanh", [value], result); break;
        }
    }

    /// <summary>A reshape's target; 0 keeps the batch as it is.</summary>
    private string Dimensions(string name, Shape shape) =>
        shape.Length == 1 ? _graph.Longs(name, [0, shape.Channels], 2)
        : shape.Width > 1 ? _graph.Longs(name, [0, shape.Channels, shape.Height, shape.Width], 4)
        : _graph.Longs(name, [0, shape.Channels, shape.Length], 3);

    /// <summary>Weights and bias as float initialisers, or as int8 and int32 ones behind a DequantizeLinear.</summary>
    private (string Weights, string Bias) Weights(int i, IWeighted weighted, params int[] dimensions)
    {
        if (_plan?.Weights[i] is not { } quantized)
            return (_graph.Floats($"w{i}", weighted.Weights, dimensions), _graph.Floats($"b{i}", weighted.Bias, weighted.OutputChannels));
        var channels = weighted.OutputChannels;
        var axis = OnnxAttribute.Of("axis", 0L);
        _graph.Node("DequantizeLinear",
            [_graph.SignedBytes($"w{i}_q", quantized.Values, dimensions), _graph.Floats($"w{i}_scale", quantized.Scales, channels),
                _graph.SignedBytes($"w{i}_zero", new sbyte[channels], channels)],
            $"w{i}", axis);
        _graph.Node("DequantizeLinear",
            [_graph.Integers($"b{i}_q", quantized.Bias, channels), _graph.Floats($"b{i}_scale", quantized.BiasScales, channels),
                _graph.Integers($"b{i}_zero", new int[channels], channels)],
            $"b{i}", axis);
        return ($"w{i}", $"b{i}");
    }

    /// <summary>An operation that computes: [its ReLU and] a quantize/dequantize pair behind it when the plan has one.</summary>
    private void Rounded(int i, string name, bool fused, TensorQuantization? quantization, Action<string> emit)
    {
        var result = quantization is null && !fused ? name : $"{name}_raw";
        emit(result);
        if (fused)
        {
            var relu = quantization is null ? name : $"{name}_relu";
            _graph.Node("Relu", [result], relu);
            result = relu;
        }

        if (quantization is { } pair) Round(result, $"t{i}", pair, name);
    }

    /// <summary>An operation that only moves values: the same scale and zero point behind it, so that it runs on bytes.</summary>
    private void Move(
        int i, string operation, IReadOnlyList<string> inputs, string name, TensorQuantization? quantization, params OnnxAttribute[] attributes)
    {
        var result = quantization is null ? name : $"{name}_raw";
        _graph.Node(operation, inputs, result, attributes);
        if (quantization is { } pair) Round(result, $"t{i}", pair, name);
    }

    private string Round(string value, string tensor, TensorQuantization quantization, string name)
    {
        if (_scales.Add(tensor))
        {
            // Rank 0: with shape [1] the runtime refuses some operations.
            _graph.Floats($"{tensor}_scale", [quantization.Scale]);
            _graph.Bytes($"{tensor}_zero", [quantization.Zero]);
        }

        _graph.Node("QuantizeLinear", [value, $"{tensor}_scale", $"{tensor}_zero"], $"{name}_q");
        _graph.Node("DequantizeLinear", [$"{name}_q", $"{tensor}_scale", $"{tensor}_zero"], name);
        return name;
    }
}
