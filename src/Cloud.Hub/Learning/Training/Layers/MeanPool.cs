using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>The mean of each window, per channel: square windows on a plane, stretches in time.</summary>
/// <param name="stride">0: as wide as the window.</param>
internal sealed class MeanPool(int window, int stride = 0) : Layer
{
    public override string Kind => "mean-pool";

    public PoolShape Geometry { get; private set; } = null!;

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        var channels = Input.Channels;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var x = input.SampleSpan(sample);
            var y = output.SampleSpan(sample);
            y.Clear();
            for (var pixel = 0; pixel < Output.Length; pixel++)
            {
                var mean = y.Slice(pixel * channels, channels);
                for (var tap = 0; tap < Geometry.Taps; tap++)
                    TensorPrimitives.Add(mean, x.Slice((Geometry.FirstOf(pixel) + Geometry.TapOffset(tap)) * channels, channels), mean);
            }

            TensorPrimitives.Multiply(y, 1f / Geometry.Taps, y);
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        var channels = Input.Channels;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var dx = inputGradient.SampleSpan(sample);
            var dy = outputGradient.SampleSpan(sample);
            dx.Clear();
            for (var pixel = 0; pixel < Output.Length; pixel++)
            {
                for (var tap = 0; tap < Geometry.Taps; tap++)
                {
                    var target = dx.Slice((Geometry.FirstOf(pixel) + Geometry.TapOffset(tap)) * channels, channels);
                    TensorPrimitives.MultiplyAdd(dy.Slice(pixel * channels, channels), 1f / Geometry.Taps, target, target);
                }
            }
        }
    }

    protected override Shape OnBind(Shape input)
    {
        Geometry = new PoolShape(input, window, stride);
        return Geometry.Output;
    }
}
