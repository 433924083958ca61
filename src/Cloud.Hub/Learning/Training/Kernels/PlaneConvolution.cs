namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>The three operations of a 2-D convolution as products over a padded copy of one sample: no im2col, no
/// branch for padding. Judge: <see cref="PlaneConvolutionReference"/>.</summary>
/// <remarks>A pixel's taps in one kernel row lie side by side in memory, kernel rows are the product's outer loop, the plane's rows its
/// blocks. The backward pass of a stride goes phase by phase, so no zero is multiplied.</remarks>
internal static unsafe class PlaneConvolution
{
    /// <summary>Copies a plane between <paramref name="padding"/> rows and columns of zeros, which the target already holds.</summary>
    public static void Pad(float* source, int height, int width, int channels, int padding, float* target)
    {
        var row = width * channels;
        var pitch = (width + (2 * padding)) * channels;
        target += (padding * pitch) + (padding * channels);
        for (var y = 0; y < height; y++, source += row, target += pitch) new ReadOnlySpan<float>(source, row).CopyTo(new Span<float>(target, row));
    }

    /// <summary>The sample itself where nothing is to be added, or its copy in a buffer that is made when it is first needed.</summary>
    public static float* Padded(ref NativeBuffer? buffer, float* sample, int count, int height, int width, int channels, int padding)
    {
        if (padding == 0) return sample;
        buffer ??= new NativeBuffer(count);
        Pad(sample, height, width, channels, padding, buffer.Pointer);
        return buffer.Pointer;
    }

    /// <summary>Floats of <see cref="PackForward"/>.</summary>
    public static int ForwardCount(PlaneShape shape) =>
        shape.Groups * Gemm.PackedCount(shape.Kernel * shape.Kernel * shape.ChannelsPerGroup, shape.OutputsPerGroup);

    public static void PackForward(PlaneShape shape, float* weights, float* packed)
    {
        var rows = shape.Kernel * shape.Kernel * shape.ChannelsPerGroup;
        for (var group = 0; group < shape.Groups; group++)
        {
            Gemm.Pack(
                weights + (group * rows * shape.OutputsPerGroup), shape.OutputsPerGroup, rows, shape.OutputsPerGroup,
                packed + (group * ForwardCount(shape) / shape.Groups));
        }
    }

    /// <summary>output = V ∗ padded + bias for one sample.</summary>
    /// <param name="packed">Of <see cref="PackForward"/>.</param>
    public static void Forward(PlaneShape shape, float* padded, float* packed, float* bias, float* output)
    {
        var pitch = shape.PaddedWidth * shape.Channels;
        var joined = shape.HasJoinedTaps;
        var depth = shape.ChannelsPerGroup;
        var call = new GemmCall
        {
            M = shape.OutputWidth,
            MOuter = shape.OutputHeight,
            N = shape.OutputsPerGroup,
            K = joined ? shape.Kernel * depth : depth,
            KOuter = shape.Kernel,
            ARow = shape.Stride * shape.Channels,
            AMOuter = shape.Stride * pitch,
            AK = 1,
            AKOuter = shape.Dilation * pitch,
            BK = Gemm.PanelWidth,
            BKOuter = shape.Kernel * depth * Gemm.PanelWidth,
            BPanel = shape.Kernel * shape.Kernel * depth * Gemm.PanelWidth,
            CRow = shape.Outputs,
            CMOuter = shape.OutputWidth * shape.Outputs,
        };
        for (var group = 0; group < shape.Groups; group++)
        {
            for (var kx = 0; kx < (joined ? 1 : shape.Kernel); kx++)
            {
                call.A = padded + (kx * shape.Dilation * shape.Channels) + (group * depth);
                call.B = packed + (group * ForwardCount(shape) / shape.Groups) + (kx * depth * Gemm.PanelWidth);
                call.C = output + (group * shape.OutputsPerGroup);
                call.Bias = bias + (group * shape.OutputsPerGroup);
                call.Accumulate = kx > 0;
                Gemm.Run(call);
            }
        }
    }

    /// <summary>Floats of <see cref="PackBackward"/>.</summary>
    public static int BackwardCount(PlaneShape shape)
    {
        var count = 0;
        for (var y = 0; y < shape.Stride; y++)
        {
            for (var x = 0; x < shape.Stride; x++) count += PhaseCount(shape, y, x);
        }

        return shape.Groups * count;
    }

    /// <summary>Weights turned round for <see cref="Backward"/>: per group and phase (taps y, taps x, O, C), taps falling.</summary>
    public static void PackBackward(PlaneShape shape, float* weights, float* packed)
    {
        using var turned = new NativeBuffer(shape.WeightCount);
        for (var group = 0; group < shape.Groups; group++)
        {
            for (var y = 0; y < shape.Stride; y++)
            {
                for (var x = 0; x < shape.Stride; x++)
                {
                    var rows = TurnPhase(shape, weights, group, y, x, turned.Pointer);
                    Gemm.Pack(turned.Pointer, shape.ChannelsPerGroup, rows, shape.ChannelsPerGroup, packed);
                    packed += PhaseCount(shape, y, x);
                }
            }
        }
    }

    /// <summary>inputGradient = [inputGradient +] adjoint of V applied to the padded gradient, one sample.</summary>
    /// <param name="padded">The output's gradient between <see cref="PlaneShape.GradientPadding"/> zeros.</param>
    public static void Backward(PlaneShape shape, float* padded, float* packed, float* inputGradient, bool accumulate)
    {
        for (var group = 0; group < shape.Groups; group++)
        {
            for (var y = 0; y < shape.Stride; y++)
            {
                for (var x = 0; x < shape.Stride; x++)
                {
                    Phase(shape, padded + (group * shape.OutputsPerGroup), packed, inputGradient + (group * shape.ChannelsPerGroup), y, x,
                        accumulate);
                    packed += PhaseCount(shape, y, x);
                }
            }
        }
    }

    /// <summary>Gradient of V from one sample, added to.</summary>
    public static void WeightGradient(PlaneShape shape, float* padded, float* outputGradient, float* gradient)
    {
        var pitch = shape.PaddedWidth * shape.Channels;
        var joined = shape.HasJoinedTaps;
        var depth = shape.ChannelsPerGroup;
        var call = new GemmCall
        {
            M = joined ? shape.Kernel * depth : depth,
            MOuter = shape.Kernel,
            N = shape.OutputsPerGroup,
            K = shape.OutputWidth,
            KOuter = shape.OutputHeight,
            ARow = 1,
            AMOuter = shape.Dilation * pitch,
            AK = shape.Stride * shape.Channels,
            AKOuter = shape.Stride * pitch,
            BK = shape.Outputs,
            BKOuter = shape.OutputWidth * shape.Outputs,
            CRow = shape.OutputsPerGroup,
            CMOuter = shape.Kernel * depth * shape.OutputsPerGroup,
            Accumulate = true,
        };
        for (var group = 0; group < shape.Groups; group++)
        {
            for (var kx = 0; kx < (joined ? 1 : shape.Kernel); kx++)
            {
                call.A = padded + (kx * shape.Dilation * shape.Channels) + (group * depth);
                call.B = outputGradient + (group * shape.OutputsPerGroup);
                call.C = gradient + (((group * shape.Kernel * shape.Kernel) + kx) * depth * shape.OutputsPerGroup);
                Gemm.Run(call);
            }
        }
    }

    private static int PhaseCount(PlaneShape shape, int y, int x) =>
        Gemm.PackedCount(shape.Taps(y) * shape.Taps(x) * shape.OutputsPerGroup, shape.ChannelsPerGroup);

    private static int TurnPhase(PlaneShape shape, float* weights, int group, int y, int x, float* turned)
    {
        var (depth, outputs, rows) = (shape.ChannelsPerGroup, shape.OutputsPerGroup, 0);
        for (var ty = shape.Taps(y) - 1; ty >= 0; ty--)
        {
            for (var tx = shape.Taps(x) - 1; tx >= 0; tx--)
            {
                var (ky, kx) = (shape.FirstTap(y) + (ty * shape.Stride), shape.FirstTap(x) + (tx * shape.Stride));
                var source = weights + (((((group * shape.Kernel) + ky) * shape.Kernel) + kx) * depth * outputs);
                for (var o = 0; o < outputs; o++, rows++, turned += depth)
                {
                    for (var c = 0; c < depth; c++) turned[c] = source[(c * outputs) + o];
                }
            }
        }

        return rows;
    }

    private static void Phase(PlaneShape shape, float* padded, float* packed, float* inputGradient, int y, int x, bool accumulate)
    {
        var (rows, columns) = (shape.Positions(shape.Height, y), shape.Positions(shape.Width, x));
        var (tapsY, tapsX) = (shape.Taps(y), shape.Taps(x));
        var target = inputGradient + (((y * shape.Width) + x) * shape.Channels);
        var joined = shape.HasJoinedTaps;
        var pitch = shape.GradientWidth * shape.Outputs;
        var call = new GemmCall
        {
            M = columns,
            MOuter = rows,
            N = shape.ChannelsPerGroup,
            K = (joined ? tapsX : 1) * shape.OutputsPerGroup,
            KOuter = tapsY,
            ARow = shape.Outputs,
            AMOuter = pitch,
            AK = 1,
            AKOuter = shape.Dilation * pitch,
            BK = Gemm.PanelWidth,
            BKOuter = tapsX * shape.OutputsPerGroup * Gemm.PanelWidth,
            BPanel = tapsY * tapsX * shape.OutputsPerGroup * Gemm.PanelWidth,
            C = target,
            CRow = shape.Stride * shape.Channels,
            CMOuter = shape.Stride * shape.Width * shape.Channels,
        };
        if (rows == 0 || columns == 0) return;
        var first = padded + ((shape.FirstOutput(y) + shape.GradientPadding) * pitch)
            + ((shape.FirstOutput(x) + shape.GradientPadding) * shape.Outputs);
        // A phase that no tap meets (kernel below stride) has no gradient: a product without terms writes its zeros.
        if (tapsX == 0 || tapsY == 0)
        {
            call.KOuter = 0;
            first = padded;
        }

        for (var tap = 0; tap < (joined || tapsX == 0 ? 1 : tapsX); tap++)
        {
            call.A = first + (tap * shape.Dilation * shape.Outputs);
            call.B = packed + (tap * shape.OutputsPerGroup * Gemm.PanelWidth);
            call.Accumulate = accumulate || tap > 0;
            Gemm.Run(call);
        }
    }
}
