using Cloud.Hub.Learning.Export;
using Cloud.Hub.Learning.Export.Quantization;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Hmas.Contracts.Models;

namespace Hmas.Benchmarks.Learning;

/// <summary>An autoencoder of convolutions as ONNX Runtime's own tool quantizes it by default: ConvTranspose kept, one weight scale a
/// tensor, ranges as seen, no correction (design facts on quantization, sections 1, 2 and 6).</summary>
internal static class RuntimeToolLayout
{
    /// <param name="ranges">Observed on the exporter's operations, which are one a layer for such a network.</param>
    public static byte[] Write(Network network, RangeCollector ranges, TensorSpec input, TensorSpec output)
    {
        var graph = new OnnxGraph();
        var entering = TensorQuantization.Of(ranges.Min[0], ranges.Max[0]);
        var value = Round(graph, input.Name, "input", entering, "input_dq");
        for (var i = 0; i < network.Layers.Count; i++)
        {
            var layer = network.Layers[i];
            var hasRelu = i + 1 < network.Layers.Count;
            var tensor = hasRelu ? i + 2 : i + 1;
            var leaving = TensorQuantization.Of(ranges.Min[tensor], ranges.Max[tensor]);
            Multiply(graph, layer, i, value, entering.Scale);
            if (hasRelu) graph.Node("Relu", [$"t{i}_raw"], $"t{i}_relu");
            value = Round(graph, hasRelu ? $"t{i}_relu" : $"t{i}_raw", $"t{i}", leaving, hasRelu ? $"t{i}" : output.Name);
            entering = leaving;
            if (hasRelu) i++;
        }

        return graph.ToBytes("runtime-tool", input, output);
    }

    private static void Multiply(OnnxGraph graph, Layer layer, int i, string value, float inputScale)
    {
        var (weights, bias, geometry) = layer switch
        {
            Conv1d plain => (plain.Weights, plain.Bias.ToArray(), plain.Geometry),
            ConvTranspose1d transposed => (transposed.Weights, transposed.Bias.ToArray(), transposed.Geometry),
            _ => throw new NotSupportedException(layer.Kind),
        };
        var scale = weights.Max(Math.Abs) / 127;
        graph.Floats($"w{i}_scale", [scale]);
        graph.SignedBytes($"w{i}_zero", [0]);
        graph.SignedBytes(
            $"w{i}_q", [.. weights.Select(w => (sbyte)Math.Clamp(MathF.Round(w / scale), -127, 127))], geometry.SmallChannels, geometry.BigChannels,
            geometry.Kernel);
        graph.Node("DequantizeLinear", [$"w{i}_q", $"w{i}_scale", $"w{i}_zero"], $"w{i}");
        graph.Floats($"b{i}_scale", [inputScale * scale]);
        graph.Integers($"b{i}_zero", [0]);
        graph.Integers($"b{i}_q", [.. bias.Select(b => (int)MathF.Round(b / (inputScale * scale)))], bias.Length);
        graph.Node("DequantizeLinear", [$"b{i}_q", $"b{i}_scale", $"b{i}_zero"], $"b{i}");
        var pads = OnnxAttribute.Of("pads", [geometry.Padding, geometry.Padding]);
        var (kernel, stride) = (OnnxAttribute.Of("kernel_shape", [geometry.Kernel]), OnnxAttribute.Of("strides", [geometry.Stride]));
        if (layer is Conv1d) graph.Node("Conv", [value, $"w{i}", $"b{i}"], $"t{i}_raw", kernel, pads, stride);
        else graph.Node(
            "ConvTranspose", [value, $"w{i}", $"b{i}"], $"t{i}_raw", kernel, OnnxAttribute.Of("output_padding", [geometry.Stride - 1]), pads, stride);
    }

    private static string Round(OnnxGraph graph, string value, string tensor, TensorQuantization quantization, string name)
    {
        graph.Floats($"{tensor}_scale", [quantization.Scale]);
        graph.Bytes($"{tensor}_zero", [quantization.Zero]);
        graph.Node("QuantizeLinear", [value, $"{tensor}_scale", $"{tensor}_zero"], $"{tensor}_rounded");
        graph.Node("DequantizeLinear", [$"{tensor}_rounded", $"{tensor}_scale", $"{tensor}_zero"], name);
        return name;
    }
}
