using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export;

/// <summary>Batch norm by its running statistics as a part of the product before it, or as a product of its own.</summary>
internal static class BatchNormFold
{
    public static void Into(List<Operation> operations, BatchNorm norm)
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
