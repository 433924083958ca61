using System.Numerics.Tensors;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>A convolution; with <see cref="Phases"/> above 1 its channels are [phase, O] and are woven into
/// time afterwards (design facts on quantization, section 6).</summary>
internal sealed record ConvolutionOperation(Shape Input, Shape Output) : Operation(Input, Output), IWeighted
{
    /// <summary>(Phases × O, C / Groups, Kernel).</summary>
    public required float[] Weights { get; init; }

    /// <summary>(Phases × O,).</summary>
    public required float[] Bias { get; init; }

    public required int Kernel { get; init; }

    public int Stride { get; init; } = 1;

    public int PadLeft { get; init; }

    public int PadRight { get; init; }

    public int Dilation { get; init; } = 1;

    public int Groups { get; init; } = 1;

    public int Phases { get; init; } = 1;

    /// <summary>Rows before weaving.</summary>
    public int Rows => ((Input.Length + PadLeft + PadRight - (Dilation * (Kernel - 1)) - 1) / Stride) + 1;

    public int OutputChannels => Phases * Output.Channels;

    public int KernelSize => Kernel;

    public int Positions => Rows;

    public void Patch(ReadOnlySpan<float> input, int position, int group, Span<float> patch)
    {
        for (var i = 0; i < patch.Length; i++)
        {
            var at = (position * Stride) + (i % Kernel * Dilation) - PadLeft;
            patch[i] = (uint)at < (uint)Input.Length ? input[(((group * Input.Channels / Groups) + (i / Kernel)) * Input.Length) + at] : 0f;
        }
    }

    public Operation With(float[] weights, float[] bias) => this with { Weights = weights, Bias = bias };

    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        var perGroup = Input.Channels / Groups;
        var outPerGroup = OutputChannels / Groups;
        Span<float> sums = stackalloc float[Rows];
        for (var channel = 0; channel < OutputChannels; channel++)
        {
            var firstInput = channel / outPerGroup * perGroup;
            var phase = channel / Output.Channels;
            var target = output.Slice(channel % Output.Channels * Output.Length, Output.Length);
            sums.Fill(Bias[channel]);
            for (var c = 0; c < perGroup; c++)
            {
                var source = input.Slice((firstInput + c) * Input.Length, Input.Length);
                for (var k = 0; k < Kernel; k++) Add(source, (k * Dilation) - PadLeft, Weights[(((channel * perGroup) + c) * Kernel) + k], sums);
            }

            for (var row = 0; row < Rows && (row * Phases) + phase < Output.Length; row++) target[(row * Phases) + phase] = sums[row];
        }
    }

    /// <summary>sums[row] += weight × source[row·stride + offset] where that lies inside.</summary>
    private void Add(ReadOnlySpan<float> source, int offset, float weight, Span<float> sums)
    {
        var from = offset >= 0 ? 0 : (Stride - 1 - offset) / Stride;
        var to = Math.Min(sums.Length, ((source.Length - 1 - offset) / Stride) + 1);
        if (to <= from) return;
        if (Stride == 1)
        {
            TensorPrimitives.MultiplyAdd(source.Slice(from + offset, to - from), weight, sums[from..to], sums[from..to]);
            return;
        }

        for (var row = from; row < to; row++) sums[row] += weight * source[(row * Stride) + offset];
    }
}
