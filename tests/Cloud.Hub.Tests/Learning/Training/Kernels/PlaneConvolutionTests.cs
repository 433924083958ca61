using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Kernels;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Tests.Learning.Training.Kernels;

public sealed unsafe class PlaneConvolutionTests
{
    [Fact]
    public void A_plane_convolution_and_its_gradients_equal_the_plain_ones_for_stride_padding_dilation_and_groups()
    {
        var random = new Random(11);
        for (var trial = 0; trial < 120; trial++)
        {
            var groups = random.Next(1, 4);
            var kernel = random.Next(1, 6);
            var stride = random.Next(1, 4);
            var layer = new Conv2d(groups * random.Next(1, 20), kernel, stride, random.Next(0, kernel), stride == 1 ? random.Next(1, 3) : 1, groups);
            var input = new Shape(14 * 17, groups * random.Next(1, 9), 17);
            using var network = new Network(input, [new Conv2d(input.Channels, 1), layer], 1);
            Check(network, layer, random, $"trial {trial}, {layer.Geometry}");
        }
    }

    private static void Check(Network network, Conv2d layer, Random random, string what)
    {
        using var x = Filled(random, layer.Input);
        using var dy = Filled(random, layer.Output);
        using var y = new Sequence(2, layer.Output);
        using var dx = new Sequence(2, layer.Input);
        using var gradients = new NativeBuffer(network.ParameterCount);
        using var plain = new NativeBuffer(Math.Max(layer.Geometry.WeightCount, Math.Max(layer.Input.Count, layer.Output.Count)));
        var lane = new Lane(0) { From = 0, To = 2, Gradients = gradients.Pointer };
        layer.Forward(lane, x, y);
        layer.Backward(lane, x, y, dy, dx);
        var (weight, bias) = (layer.Parameters[0], layer.Parameters[1]);
        for (var sample = 0; sample < 2; sample++)
        {
            PlaneConvolutionReference.Forward(layer.Geometry, x.Sample(sample), weight.Values, bias.Values, plain.Pointer);
            Same(what, "output", plain.Span, y.SampleSpan(sample));
            PlaneConvolutionReference.Backward(layer.Geometry, dy.Sample(sample), weight.Values, plain.Pointer);
            Same(what, "input gradient", plain.Span, dx.SampleSpan(sample));
        }

        plain.Span.Clear();
        for (var sample = 0; sample < 2; sample++)
            PlaneConvolutionReference.WeightGradient(layer.Geometry, x.Sample(sample), dy.Sample(sample), plain.Pointer);
        Same(what, "weight gradient", plain.Span, gradients.Span.Slice(weight.Offset, weight.Count));
    }

    private static Sequence Filled(Random random, Shape shape)
    {
        var sequence = new Sequence(2, shape);
        for (var b = 0; b < 2; b++)
        {
            foreach (ref var value in sequence.SampleSpan(b)) value = (float)((random.NextDouble() * 2) - 1);
        }

        return sequence;
    }

    private static void Same(string what, string part, ReadOnlySpan<float> expected, ReadOnlySpan<float> got)
    {
        for (var i = 0; i < got.Length; i++)
            Assert.True(Math.Abs(expected[i] - got[i]) < 2e-3f, $"{what}: {part} at {i}: expected {expected[i]}, got {got[i]}");
    }
}
