using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Tests.Learning.Training.Kernels;

public sealed unsafe class ConvolutionTests
{
    [Fact]
    public void The_three_operations_equal_the_plain_ones_for_stride_padding_dilation_and_groups()
    {
        var random = new Random(7);
        for (var trial = 0; trial < 200; trial++)
        {
            var shape = Draw(random);
            using var big = Fill(random, new Sequence(3, new Shape(shape.BigLength, shape.BigChannels), shape.BigHalo));
            using var small = Fill(random, new Sequence(3, new Shape(shape.SmallLength, shape.SmallChannels), shape.SmallHalo));
            using var weights = new NativeBuffer(shape.WeightCount);
            foreach (ref var value in weights.Span) value = (float)((random.NextDouble() * 2) - 1);

            using var fastSmall = new Sequence(3, small.Shape);
            using var plainSmall = new Sequence(3, small.Shape);
            Convolution.Correlate(shape, big, weights.Pointer, null, fastSmall, 0, 3);
            ConvolutionReference.Correlate(shape, big, weights.Pointer, null, plainSmall, 0, 3);
            Same(shape, "correlate", plainSmall, fastSmall);

            using var spread = new NativeBuffer(shape.SpreadsByPhase ? shape.SpreadWeightCount : 0);
            Convolution.PrepareSpread(shape, weights.Pointer, spread.Pointer);
            using var fastBig = new Sequence(3, big.Shape, shape.BigWriteHalo);
            using var plainBig = new Sequence(3, big.Shape);
            Convolution.Spread(shape, small, weights.Pointer, spread.Pointer, null, fastBig, 0, 3);
            ConvolutionReference.Spread(shape, small, weights.Pointer, null, plainBig, 0, 3);
            Same(shape, "spread", plainBig, fastBig);

            using var fast = new NativeBuffer(shape.WeightCount);
            using var plain = new NativeBuffer(shape.WeightCount);
            Convolution.WeightGradient(shape, big, small, fast.Pointer, 0, 3);
            ConvolutionReference.WeightGradient(shape, big, small, plain.Pointer, 0, 3);
            for (var i = 0; i < shape.WeightCount; i++)
                Assert.True(
                    Math.Abs(plain.Span[i] - fast.Span[i]) < 1e-3f,
                    $"weight gradient of {shape} at {i}: expected {plain.Span[i]}, got {fast.Span[i]}");
        }
    }

    private static ConvolutionShape Draw(Random random)
    {
        while (true)
        {
            var groups = random.Next(1, 4);
            var (kernel, stride, dilation) = (random.Next(1, 8), random.Next(1, 4), random.Next(1, 4));
            var (length, padding) = (random.Next(8, 40), random.Next(0, kernel));
            var output = ConvolutionShape.OutputLength(length, kernel, stride, 2 * padding, dilation);
            if (output < 1) continue;
            return new ConvolutionShape
            {
                BigLength = length, BigChannels = groups * random.Next(1, 9), SmallLength = output, SmallChannels = groups * random.Next(1, 9),
                Kernel = kernel, Stride = stride, Padding = padding, Dilation = dilation, Groups = groups,
            };
        }
    }

    private static Sequence Fill(Random random, Sequence sequence)
    {
        for (var b = 0; b < sequence.Batch; b++)
        {
            foreach (ref var value in sequence.SampleSpan(b)) value = (float)((random.NextDouble() * 2) - 1);
        }

        return sequence;
    }

    private static void Same(ConvolutionShape shape, string operation, Sequence expected, Sequence got)
    {
        for (var b = 0; b < expected.Batch; b++)
        {
            for (var i = 0; i < expected.Shape.Count; i++)
            {
                Assert.True(Math.Abs(expected.SampleSpan(b)[i] - got.SampleSpan(b)[i]) < 1e-4f,
                    $"{operation} of {shape}, sample {b} at {i}: expected {expected.SampleSpan(b)[i]}, got {got.SampleSpan(b)[i]}");
            }
        }
    }
}
