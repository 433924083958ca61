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
    private readonly RoundedNodes _nodes;
    private readonly ConvolutionNodes _convolutions;
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
        _nodes = new RoundedNodes(_graph, plan);
        _convolutions = new ConvolutionNodes(_graph, _nodes);
        _values = new string[operations.Count + 1];
    }

    /// <param name="plan">Null for float32.</param>
    /// <param name="guard">Stands beside the answer, in float.</param>
    /// <exception cref="ArgumentException">A tensor's shape is not the operations'.</exception>
    public static byte[] Write(
        string name, IReadOnlyList<Operation> operations, TensorSpec input, TensorSpec output, QuantizationPlan? plan = null,
        DistanceGuard? guard = null)
    {
        Require(input, operations[0].Input);
        Require(output, operations[^1].Output);
        var writer = new OnnxWriter(operations, plan, guard is null ? output.Name : $"t{operations.Count - 1}");
        writer.Run(input.Name);
        guard?.Emit(writer._graph, input.Name, writer._output, output.Name);
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
        _values[0] = _plan?.Input is { } entering ? _nodes.Round(input, "input", entering, "input_dq") : input;
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
                _convolutions.Emit(i, convolution, value, fused, name, quantization);
                break;
            case PlaneConvolutionOperation plane:
                _convolutions.Emit(i, plane, value, fused, name, quantization);
                break;
            case PlaneSpreadOperation spread:
                _convolutions.Emit(i, spread, value, fused, name, quantization);
                break;
            case LayerNormOperation norm:
                _nodes.Compute(i, name, false, quantization, result => new FloatBlocks(_graph, $"f{i}").Emit(norm, value, result));
                break;
            case GruOperation gru:
                _nodes.Compute(i, name, false, quantization, result => new FloatBlocks(_graph, $"f{i}").Emit(gru, value, result));
                break;
            case AttentionOperation attention:
                _nodes.Compute(i, name, false, quantization, result => new FloatBlocks(_graph, $"f{i}").Emit(attention, value, result));
                break;
            case EmbeddingOperation embedding:
                _nodes.Compute(i, name, false, quantization, result => new FloatBlocks(_graph, $"f{i}").Emit(embedding, value, result));
                break;
            case LastStepOperation { Input.Length: > 1 } step:
                _nodes.Move(
                    i, "Gather", [value, _graph.Longs($"t{i}_step", [step.Input.Length - 1])], name, quantization, OnnxAttribute.Of("axis", 2L));
                break;
            case MaxPoolOperation pool:
                _nodes.Move(i, "MaxPool", [value], name, quantization, Window(pool.Input, pool.Geometry));
                break;
            case MeanPoolOperation pool:
                _nodes.Compute(
                    i, name, false, quantization, result => _graph.Node("AveragePool", [value], result, Window(pool.Input, pool.Geometry)));
                break;
            case AddOperation add:
                _nodes.Compute(i, name, fused, quantization, result => _graph.Node("Add", [value, _values[add.Other]], result));
                break;
            case DenseOperation dense:
                var (weights, bias) = _nodes.Weights(i, dense, dense.Output.Channels, dense.Input.Channels);
                // A last product without a rounded output gives float directly; a ReLU behind it would need the pair.
                _nodes.Compute(i, name, fused, last && !fused ? null : quantization, result =>
                    _graph.Node("Gemm", [value, weights, bias], result, OnnxAttribute.Of("transB", 1L)));
                break;
            case ActivationOperation activation:
                _nodes.Compute(i, name, false, quantization, result => Apply(activation.Function, value, result));
                break;
            case AveragePoolOperation:
                _nodes.Compute(i, $"t{i}_pooled", false, quantization, result => _graph.Node("GlobalAveragePool", [value], result));
                _nodes.Move(i, "Reshape", [$"t{i}_pooled", Dimensions($"t{i}_shape", operation.Output)], name, quantization);
                break;
            default:
                _nodes.Move(i, "Reshape", [value, Dimensions($"t{i}_shape", operation.Output)], name, quantization);
                break;
        }

        return name;
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
}
