namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>Geometry of a 1-D convolution between a big side (its input) and a small side (its output): small[l,
/// o] = Σ big[l·stride − padding + k·dilation, c] · V[k, c, o].</summary>
/// <remarks>A transposed convolution is the same geometry walked the other way, so forward and backward of
/// both come from three operations (<see cref="Convolution"/>).</remarks>
internal sealed record ConvolutionShape
{
    public required int BigLength { get; init; }

    public required int BigChannels { get; init; }

    public required int SmallLength { get; init; }

    public required int SmallChannels { get; init; }

    public required int Kernel { get; init; }

    public int Stride { get; init; } = 1;

    public int Padding { get; init; }

    public int Dilation { get; init; } = 1;

    public int Groups { get; init; } = 1;

    public int BigPerGroup => BigChannels / Groups;

    public int SmallPerGroup => SmallChannels / Groups;

    /// <summary>Weights V, shape (Groups, Kernel, BigPerGroup, SmallPerGroup).</summary>
    public int WeightCount => Groups * Kernel * BigPerGroup * SmallPerGroup;

    /// <summary>Rows that reading the big side needs around it.</summary>
    public Halo BigHalo => new(Padding, Math.Max(0, ((SmallLength - 1) * Stride) - Padding + ((Kernel - 1) * Dilation) - (BigLength - 1)));

    /// <summary>Whether spreading runs as one product per sample; a dilated kernel with a stride takes the plain way.</summary>
    public bool SpreadsByPhase => Stride == 1 || Dilation == 1;

    /// <summary>First small row, relative to the phase's row, that reaches big row stride·m.</summary>
    public int FirstTap => Stride == 1 ? Padding - ((Kernel - 1) * Dilation) : -FloorDivide(Kernel - 1 - Padding, Stride);

    public int Taps => Stride == 1 ? Kernel : FloorDivide(Stride - 1 + Padding, Stride) - FirstTap + 1;

    public int TapStep => Stride == 1 ? Dilation : 1;

    /// <summary>Rows of <see cref="Stride"/> positions that cover the big side.</summary>
    public int PhaseRows => (BigLength + Stride - 1) / Stride;

    /// <summary>Rows that spreading reads around the small side.</summary>
    public Halo SmallHalo => SpreadsByPhase
        ? new(Math.Max(0, -FirstTap), Math.Max(0, PhaseRows - 1 + FirstTap + ((Taps - 1) * TapStep) - (SmallLength - 1)))
        : default;

    /// <summary>Rows that spreading writes behind the big side (and clears again).</summary>
    public Halo BigWriteHalo => new(0, (PhaseRows * Stride) - BigLength);

    /// <summary>Weights in spreading order, shape (Groups, Taps, SmallPerGroup, Stride, BigPerGroup) for one group,
    /// (Groups, Stride, Taps, SmallPerGroup, BigPerGroup) for more.</summary>
    public int SpreadWeightCount => Groups * Taps * SmallPerGroup * Stride * BigPerGroup;

    /// <summary>Kernel index that joins a tap and a phase; outside 0 to Kernel − 1 there is no weight.</summary>
    public int KernelIndex(int tap, int phase) => Stride == 1 ? Kernel - 1 - tap : phase + Padding - (Stride * (FirstTap + tap));

    /// <summary>Length of a convolution's output.</summary>
    /// <param name="padding">Of both ends together.</param>
    public static int OutputLength(int length, int kernel, int stride, int padding, int dilation) =>
        FloorDivide(length + padding - (dilation * (kernel - 1)) - 1, stride) + 1;

    private static int FloorDivide(int a, int b) => (int)Math.Floor((double)a / b);
}
