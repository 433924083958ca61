using Cloud.Hub.Learning.Export.Operations;
using Cloud.Hub.Learning.Training.Layers;

namespace Cloud.Hub.Learning.Export;

/// <summary>Transposed convolutions as convolutions of their phases, which the runtime has in int8 (design facts on quantization,
/// section 6).</summary>
internal static class TransposedRewrite
{
    /// <exception cref="NotSupportedException">A padding that cuts inputs off.</exception>
    public static ConvolutionOperation Of(ConvTranspose1d layer)
    {
        var shape = layer.Geometry;
        var padLeft = -shape.FirstTap;
        var padRight = shape.PhaseRows - 1 + shape.FirstTap + ((shape.Taps - 1) * shape.TapStep) - (shape.SmallLength - 1);
        if (padLeft < 0 || padRight < 0)
            throw OperationBuilder.NotExported(layer, $"with padding {shape.Padding} for kernel {shape.Kernel} and stride {shape.Stride}");
        var source = layer.Weights; // (I, O, K)
        var (inputs, outputs) = (shape.SmallChannels, shape.BigChannels);
        var weights = new float[shape.Stride * outputs * inputs * shape.Taps];
        var bias = new float[shape.Stride * outputs];
        for (var phase = 0; phase < shape.Stride; phase++)
        {
            for (var o = 0; o < outputs; o++)
            {
                var channel = (phase * outputs) + o;
                bias[channel] = layer.Bias[o];
                for (var i = 0; i < inputs; i++)
                {
                    for (var tap = 0; tap < shape.Taps; tap++)
                    {
                        var k = shape.KernelIndex(tap, phase);
                        if ((uint)k < (uint)shape.Kernel)
                            weights[(((channel * inputs) + i) * shape.Taps) + tap] = source[(((i * outputs) + o) * shape.Kernel) + k];
                    }
                }
            }
        }

        return new ConvolutionOperation(layer.Input, layer.Output)
        {
            Weights = weights,
            Bias = bias,
            Kernel = shape.Taps,
            PadLeft = padLeft,
            PadRight = padRight,
            Dilation = shape.TapStep,
            Phases = shape.Stride,
        };
    }

    /// <inheritdoc cref="Of(ConvTranspose1d)"/>
    public static PlaneSpreadOperation Of(ConvTranspose2d layer)
    {
        var shape = layer.Geometry;
        var before = Enumerable.Range(0, shape.Stride).Max(phase => -shape.FirstOutput(phase));
        var behind = Enumerable.Range(0, shape.Stride).Max(phase => shape.FirstOutput(phase) + shape.Taps(phase) - 1);
        var kernel = before + behind + 1;
        var source = layer.Weights; // (I, O, K, K)
        var (inputs, outputs) = (shape.Outputs, shape.Channels);
        var weights = new float[shape.Stride * shape.Stride * outputs * inputs * kernel * kernel];
        for (var i = 0; i < weights.Length; i++)
        {
            var (tapX, tapY, c, channel) = (i % kernel, i / kernel % kernel, i / (kernel * kernel) % inputs, i / (kernel * kernel * inputs));
            var (phaseY, phaseX) = (channel / outputs / shape.Stride, channel / outputs % shape.Stride);
            var (ky, kx) = (Tap(phaseY, tapY), Tap(phaseX, tapX));
            if ((uint)ky < (uint)shape.Kernel && (uint)kx < (uint)shape.Kernel)
                weights[i] = source[(((((c * outputs) + (channel % outputs)) * shape.Kernel) + ky) * shape.Kernel) + kx];
        }

        var (rows, columns) = (Whole(shape.Height), Whole(shape.Width));
        var (behindRows, behindColumns) = (rows - layer.Input.Height + behind, columns - layer.Input.Width + behind);
        if (before < 0 || behindRows < 0 || behindColumns < 0)
            throw OperationBuilder.NotExported(layer, $"with padding {shape.Padding} for kernel {shape.Kernel} and stride {shape.Stride}");
        return new PlaneSpreadOperation(layer.Input, layer.Output, shape.Stride)
        {
            Weights = weights,
            Bias = [.. Enumerable.Range(0, shape.Stride * shape.Stride).SelectMany(_ => layer.Bias.ToArray())],
            Kernel = kernel,
            PadBefore = before,
            PadBehind = (behindRows, behindColumns),
        };

        int Whole(int length) => (length + shape.Stride - 1) / shape.Stride;

        // Output s·m + phase meets input m − before + tap through this place of the kernel.
        int Tap(int phase, int tap) => phase + shape.Padding - (shape.Stride * (tap - before));
    }
}
