using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>A convolution; with <see cref="Phases"/> above 1 its channels are [phase, O] and are woven into time afterwards (design facts on quantization, section 6).</summary>
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

    public Operation With(float[] weights, float[] bias) => this with { Weights = weights, Bias = bias };

    public override void Run(ReadOnlySpan<float> input, Span<float> output)
    {
        var perGroup = Input.Channels / Groups;
        var outPerGroup = OutputChannels / Groups;
        for (var channel = 0; channel < OutputChannels; channel++)
        {
            var firstInput = channel / outPerGroup * perGroup;
            var phase = channel / Output.Channels;
            var target = output.Slice(channel % Output.Channels * Output.Length, Output.Length);
            for (var row = 0; row < Rows; row++)
            {
                var at = (row * Phases) + phase;
                if (at >= Output.Length) continue;
                var sum = Bias[channel];
                for (var c = 0; c < perGroup; c++)
                {
                    var source = input.Slice((firstInput + c) * Input.Length, Input.Length);
                    var weights = Weights.AsSpan(((channel * perGroup) + c) * Kernel, Kernel);
                    for (var k = 0; k < Kernel; k++)
                    {
                        var i = (row * Stride) - PadLeft + (k * Dilation);
                        if ((uint)i < (uint)source.Length) sum += weights[k] * source[i];
                    }
                }

                target[at] = sum;
            }
        }
    }
}
