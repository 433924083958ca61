using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>A gated recurrent unit; every state, (H, L). Weights in PyTorch's order, gates r, z, n.</summary>
internal sealed record GruOperation(Shape Input, Shape Output) : Operation(Input, Output)
{
    /// <summary>(3H, C).</summary>
    public required float[] InputWeights { get; init; }

    /// <summary>(3H, H).</summary>
    public required float[] StateWeights { get; init; }

    /// <summary>(3H,).</summary>
    public required float[] InputBias { get; init; }

    /// <summary>(3H,).</summary>
    public required float[] StateBias { get; init; }

    public override bool RunsInInt8 => false;

    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        var units = Output.Channels;
        var (x, h) = (new float[Input.Channels], new float[units]);
        var (fromInput, fromState) = (new float[3 * units], new float[3 * units]);
        for (var t = 0; t < Input.Length; t++)
        {
            for (var c = 0; c < x.Length; c++) x[c] = input[(c * Input.Length) + t];
            for (var gate = 0; gate < 3 * units; gate++)
            {
                fromInput[gate] = TensorPrimitives.Dot<float>(x, InputWeights.AsSpan(gate * x.Length, x.Length)) + InputBias[gate];
                fromState[gate] = TensorPrimitives.Dot<float>(h, StateWeights.AsSpan(gate * units, units)) + StateBias[gate];
            }

            for (var i = 0; i < units; i++)
            {
                var r = Sigmoid(fromInput[i] + fromState[i]);
                var z = Sigmoid(fromInput[units + i] + fromState[units + i]);
                var n = MathF.Tanh(fromInput[(2 * units) + i] + (r * fromState[(2 * units) + i]));
                h[i] = ((1 - z) * n) + (z * h[i]);
                output[(i * Output.Length) + t] = h[i];
            }
        }
    }

    private static float Sigmoid(float x) => 1f / (1f + MathF.Exp(-x));
}
