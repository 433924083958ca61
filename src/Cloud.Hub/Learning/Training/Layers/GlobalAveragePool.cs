using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>(L, C) to (1, C): the mean over time.</summary>
internal sealed unsafe class GlobalAveragePool : Layer
{
    public override string Kind => "global-average-pool";

    public override void Forward(Lane lane, Sequence input, Sequence output)
    {
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var target = output.SampleSpan(sample);
            target.Clear();
            Convolution.SumRows(input, output.Sample(sample), sample, sample + 1);
            TensorPrimitives.Multiply(target, 1f / Input.Length, target);
        }
    }

    public override void Backward(Lane lane, Sequence input, Sequence output, Sequence outputGradient, Sequence? inputGradient)
    {
        if (inputGradient is null) return;
        for (var sample = lane.From; sample < lane.To; sample++)
        {
            var target = inputGradient.SampleSpan(sample);
            for (var row = 0; row < Input.Length; row++)
                TensorPrimitives.Multiply(outputGradient.SampleSpan(sample), 1f / Input.Length, target.Slice(row * Input.Channels, Input.Channels));
        }
    }

    protected override Shape OnBind(Shape input) => new(1, input.Channels);
}
