using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>Attention of a sequence to itself. Weights in PyTorch's order: queries, keys, values.</summary>
internal sealed record AttentionOperation(Shape Input, int Heads) : Operation(Input, Input)
{
    /// <summary>(3C, C).</summary>
    public required float[] InWeights { get; init; }

    /// <summary>(3C,).</summary>
    public required float[] InBias { get; init; }

    /// <summary>(C, C).</summary>
    public required float[] OutWeights { get; init; }

    /// <summary>(C,).</summary>
    public required float[] OutBias { get; init; }

    public int HeadChannels => Input.Channels / Heads;

    public override bool RunsInInt8 => false;

    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        var (length, channels, width) = (Input.Length, Input.Channels, HeadChannels);
        var projected = new float[3 * channels * length];
        Multiply(InWeights, InBias, input, projected);
        var mixed = new float[channels * length];
        var share = new float[length];
        for (var head = 0; head < Heads; head++)
        {
            for (var i = 0; i < length; i++)
            {
                for (var j = 0; j < length; j++)
                {
                    var sum = 0f;
                    for (var c = head * width; c < (head + 1) * width; c++)
                        sum += projected[(c * length) + i] * projected[((channels + c) * length) + j];
                    share[j] = sum / MathF.Sqrt(width);
                }

                // Largest first: the library's softmax overflows beyond e^88.
                TensorPrimitives.Subtract(share, TensorPrimitives.Max<float>(share), share);
                TensorPrimitives.SoftMax<float>(share, share);
                for (var c = head * width; c < (head + 1) * width; c++)
                    mixed[(c * length) + i] = TensorPrimitives.Dot<float>(share, projected.AsSpan(((2 * channels) + c) * length, length));
            }
        }

        Multiply(OutWeights, OutBias, mixed, output);
    }

    /// <summary>result (O, L) = weights (O, C) · values (C, L) + bias.</summary>
    private void Multiply(float[] weights, float[] bias, ReadOnlySpan<float> values, Span<float> result)
    {
        for (var o = 0; o < bias.Length; o++)
        {
            var row = result.Slice(o * Input.Length, Input.Length);
            row.Fill(bias[o]);
            for (var c = 0; c < Input.Channels; c++)
                TensorPrimitives.MultiplyAdd(values.Slice(c * Input.Length, Input.Length), weights[(o * Input.Channels) + c], row, row);
        }
    }
}
