using System.Numerics;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>The largest value of each window, per channel: square windows on a plane, stretches in
/// time. The gradient goes to the first of equals.</summary>
/// <param name="stride">0: as wide as the window.</param>
internal sealed unsafe class MaxPool(int window, int stride = 0) : Layer
{
    public override string Kind => "max-pool";

    public PoolShape Geometry { get; private set; } = null!;

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        var channels = Input.Channels;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var y = output.Sample(sample);
            for (var pixel = 0; pixel < Output.Length; pixel++, y += channels)
            {
                var first = input.Sample(sample) + (Geometry.FirstOf(pixel) * channels);
                Buffer.MemoryCopy(first, y, channels * sizeof(float), channels * sizeof(float));
                for (var tap = 1; tap < Geometry.Taps; tap++) Larger(first + (Geometry.TapOffset(tap) * channels), y, channels);
            }
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        var channels = Input.Channels;
        var left = stackalloc float[channels];
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            inputGradient.SampleSpan(sample).Clear();
            var y = output.Sample(sample);
            var dy = outputGradient.Sample(sample);
            for (var pixel = 0; pixel < Output.Length; pixel++, y += channels, dy += channels)
            {
                var first = Geometry.FirstOf(pixel) * channels;
                Buffer.MemoryCopy(dy, left, channels * sizeof(float), channels * sizeof(float));
                for (var tap = 0; tap < Geometry.Taps; tap++)
                {
                    var at = first + (Geometry.TapOffset(tap) * channels);
                    Give(input.Sample(sample) + at, y, left, inputGradient.Sample(sample) + at, channels);
                }
            }
        }
    }

    protected override Shape OnBind(Shape input)
    {
        Geometry = new PoolShape(input, window, stride);
        return Geometry.Output;
    }

    private static void Larger(float* x, float* y, int count)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count) Vector.Max(Vector.Load(x + i), Vector.Load(y + i)).Store(y + i);
        for (; i < count; i++) y[i] = MathF.Max(x[i], y[i]);
    }

    /// <summary>Where x is the largest, it takes what is left of the gradient.</summary>
    private static void Give(float* x, float* y, float* left, float* dx, int count)
    {
        var i = 0;
        for (; i + Vector<float>.Count <= count; i += Vector<float>.Count)
        {
            var isLargest = Vector.Equals(Vector.Load(x + i), Vector.Load(y + i));
            var gradient = Vector.Load(left + i);
            var taken = Vector.ConditionalSelect(isLargest, gradient, Vector<float>.Zero);
            (Vector.Load(dx + i) + taken).Store(dx + i);
            (gradient - taken).Store(left + i);
        }

        for (; i < count; i++)
        {
            if (x[i] != y[i]) continue;
            dx[i] += left[i];
            left[i] = 0;
        }
    }
}
