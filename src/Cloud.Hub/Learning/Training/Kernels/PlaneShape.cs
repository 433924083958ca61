namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>Geometry of a 2-D convolution with a square kernel: output[y, x, o] = Σ input[y·stride − padding +
/// ky·dilation, x·stride − padding + kx·dilation, c] · V[ky, kx, c, o].</summary>
internal sealed record PlaneShape
{
    public required int Height { get; init; }

    public required int Width { get; init; }

    public required int Channels { get; init; }

    public required int Outputs { get; init; }

    public required int Kernel { get; init; }

    public int Stride { get; init; } = 1;

    public int Padding { get; init; }

    public int Dilation { get; init; } = 1;

    public int Groups { get; init; } = 1;

    public int OutputHeight => ConvolutionShape.OutputLength(Height, Kernel, Stride, 2 * Padding, Dilation);

    public int OutputWidth => ConvolutionShape.OutputLength(Width, Kernel, Stride, 2 * Padding, Dilation);

    public int ChannelsPerGroup => Channels / Groups;

    public int OutputsPerGroup => Outputs / Groups;

    /// <summary>Weights V, shape (Groups, Kernel, Kernel, ChannelsPerGroup, OutputsPerGroup).</summary>
    public int WeightCount => Kernel * Kernel * ChannelsPerGroup * Outputs;

    /// <summary>Each channel for itself.</summary>
    public bool IsDepthwise => Groups == Channels && Groups == Outputs;

    /// <summary>The taps of a kernel row and their channels are one stretch of memory.</summary>
    public bool HasJoinedTaps => Groups == 1 && Dilation == 1;

    /// <summary>Pixels in a row of the padded input.</summary>
    public int PaddedWidth => Width + (2 * Padding);

    /// <summary>Floats of the padded input.</summary>
    public int PaddedCount => (Height + (2 * Padding)) * PaddedWidth * Channels;

    /// <summary>Kernel positions that meet a phase (input position modulo stride).</summary>
    public int Taps(int phase) => Math.Max(0, (Kernel - FirstTap(phase) + Stride - 1) / Stride);

    /// <summary>Smallest kernel position of a phase; the others follow in steps of the stride.</summary>
    public int FirstTap(int phase) => (phase + Padding) % Stride;

    /// <summary>Output position that the last tap of a phase meets at its input position m = 0; with a stride only (dilation is then 1).</summary>
    public int FirstOutput(int phase) => ((phase + Padding - FirstTap(phase)) / Stride) - Reach(phase);

    /// <summary>Zeros that the backward pass needs around the output's gradient.</summary>
    public int GradientPadding
    {
        get
        {
            var needed = 0;
            for (var phase = 0; phase < Stride; phase++)
            {
                foreach (var (length, outputs) in new[] { (Height, OutputHeight), (Width, OutputWidth) })
                {
                    var last = Positions(length, phase) - 1 + FirstOutput(phase) + Reach(phase);
                    needed = Math.Max(needed, Math.Max(-FirstOutput(phase), last - (outputs - 1)));
                }
            }

            return needed;
        }
    }

    public int GradientWidth => OutputWidth + (2 * GradientPadding);

    public int GradientCount => (OutputHeight + (2 * GradientPadding)) * GradientWidth * Outputs;

    /// <summary>Input positions of a phase along one side.</summary>
    public int Positions(int length, int phase) => Math.Max(0, (length - phase + Stride - 1) / Stride);

    private int Reach(int phase) => Stride == 1 ? (Kernel - 1) * Dilation : Math.Max(0, Taps(phase) - 1);
}
