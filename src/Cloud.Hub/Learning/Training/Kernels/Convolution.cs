namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>The three operations of a 1-D convolution as products over samples that lie between
/// zero halos: no im2col, no branch for padding.</summary>
/// <remarks>Correlate: convolution forward, transposed backward. Spread: the reverse. Phase form: design facts on
/// quantization, section 6. Judge: <see cref="ConvolutionReference"/>.</remarks>
internal static unsafe class Convolution
{
    /// <summary>small = V ∗ big (+ bias) for samples [from, to).</summary>
    /// <param name="bias">(SmallChannels,), or null.</param>
    public static void Correlate(ConvolutionShape shape, Sequence big, float* weights, float* bias, Sequence small, int from, int to)
    {
        var plain = shape.Dilation == 1 && shape.Groups == 1;
        var call = new GemmCall
        {
            M = shape.SmallLength,
            N = shape.SmallPerGroup,
            KOuter = plain ? 1 : shape.Kernel,
            K = plain ? shape.Kernel * shape.BigChannels : shape.BigPerGroup,
            ARow = shape.Stride * shape.BigChannels,
            AK = 1,
            AKOuter = shape.Dilation * shape.BigChannels,
            BK = shape.SmallPerGroup,
            BKOuter = shape.BigPerGroup * shape.SmallPerGroup,
            CRow = shape.SmallChannels,
        };
        for (var sample = from; sample < to; sample++)
        {
            for (var group = 0; group < shape.Groups; group++)
            {
                call.A = big.Sample(sample) - (shape.Padding * shape.BigChannels) + (group * shape.BigPerGroup);
                call.B = weights + (group * shape.Kernel * shape.BigPerGroup * shape.SmallPerGroup);
                call.C = small.Sample(sample) + (group * shape.SmallPerGroup);
                call.Bias = bias == null ? null : bias + (group * shape.SmallPerGroup);
                Gemm.Run(call);
            }
        }
    }

    /// <summary>Lays V out for <see cref="Spread"/>: once for each change of the weights.</summary>
    /// <param name="spreadWeights">(SpreadWeightCount,), overwritten.</param>
    public static void PrepareSpread(ConvolutionShape shape, float* weights, float* spreadWeights)
    {
        if (!shape.SpreadsByPhase) return;
        var bigs = shape.BigPerGroup;
        var smalls = shape.SmallPerGroup;
        for (var group = 0; group < shape.Groups; group++)
        {
            var source = weights + (group * shape.Kernel * bigs * smalls);
            var target = spreadWeights + (group * shape.Taps * smalls * shape.Stride * bigs);
            for (var tap = 0; tap < shape.Taps; tap++)
            {
                for (var phase = 0; phase < shape.Stride; phase++)
                {
                    var k = shape.KernelIndex(tap, phase);
                    var block = target + ((shape.Groups == 1 ? (tap * smalls * shape.Stride) + phase : ((phase * shape.Taps) + tap) * smalls) * bigs);
                    var row = shape.Groups == 1 ? shape.Stride * bigs : bigs;
                    if ((uint)k < (uint)shape.Kernel)
                    {
                        Transposition.Run(source + (k * bigs * smalls), bigs, smalls, block, row);
                        continue;
                    }

                    for (var o = 0; o < smalls; o++) new Span<float>(block + (o * row), bigs).Clear();
                }
            }
        }
    }

    /// <summary>big = adjoint of V applied to small (+ bias) for samples [from, to).</summary>
    /// <param name="bias">(Stride × BigChannels,): the bias repeated for each phase; or null.</param>
    public static void Spread(
        ConvolutionShape shape, Sequence small, float* weights, float* spreadWeights, float* bias, Sequence big, int from, int to)
    {
        if (!shape.SpreadsByPhase)
        {
            ConvolutionReference.Spread(shape, small, weights, bias, big, from, to);
            return;
        }

        var single = shape.Groups == 1;
        var chained = single && shape.TapStep == 1;
        var bigs = shape.BigPerGroup;
        var smalls = shape.SmallPerGroup;
        var columns = single ? shape.Stride * bigs : bigs;
        var call = new GemmCall
        {
            M = shape.PhaseRows,
            N = columns,
            KOuter = chained ? 1 : shape.Taps,
            K = chained ? shape.Taps * smalls : smalls,
            ARow = shape.SmallChannels,
            AK = 1,
            AKOuter = shape.TapStep * shape.SmallChannels,
            BK = columns,
            BKOuter = smalls * columns,
            CRow = shape.Stride * shape.BigChannels,
        };
        var excess = shape.BigWriteHalo.Right * shape.BigChannels;
        for (var sample = from; sample < to; sample++)
        {
            for (var group = 0; group < shape.Groups; group++)
            {
                for (var phase = 0; phase < (single ? 1 : shape.Stride); phase++)
                {
                    call.A = small.Sample(sample) + (shape.FirstTap * shape.SmallChannels) + (group * smalls);
                    call.B = spreadWeights + (((group * shape.Stride) + phase) * shape.Taps * smalls * bigs);
                    call.C = big.Sample(sample) + (phase * shape.BigChannels) + (group * bigs);
                    call.Bias = bias == null ? null : bias + (group * bigs);
                    Gemm.Run(call);
                }
            }

            if (excess > 0) new Span<float>(big.Sample(sample) + big.Shape.Count, excess).Clear();
        }
    }

    /// <summary>Gradient of V over samples [from, to): (Groups, Kernel, BigPerGroup, SmallPerGroup), added to.</summary>
    public static void WeightGradient(ConvolutionShape shape, Sequence big, Sequence small, float* gradient, int from, int to)
    {
        if (from == to) return;
        var plain = shape.Dilation == 1 && shape.Groups == 1;
        var call = new GemmCall
        {
            M = plain ? shape.Kernel * shape.BigChannels : shape.BigPerGroup,
            N = shape.SmallPerGroup,
            KOuter = to - from,
            K = shape.SmallLength,
            ARow = 1,
            AK = shape.Stride * shape.BigChannels,
            AKOuter = big.SampleStride,
            BK = shape.SmallChannels,
            BKOuter = small.SampleStride,
            CRow = shape.SmallPerGroup,
            Accumulate = true,
        };
        for (var group = 0; group < shape.Groups; group++)
        {
            for (var k = 0; k < (plain ? 1 : shape.Kernel); k++)
            {
                call.A = big.Sample(from) + (((k * shape.Dilation) - shape.Padding) * shape.BigChannels) + (group * shape.BigPerGroup);
                call.B = small.Sample(from) + (group * shape.SmallPerGroup);
                call.C = gradient + (((group * shape.Kernel) + k) * shape.BigPerGroup * shape.SmallPerGroup);
                Gemm.Run(call);
            }
        }
    }

    /// <summary>Adds the sum over the rows of samples [from, to) to target (Channels,).</summary>
    public static void SumRows(Sequence values, float* target, int from, int to)
    {
        if (from == to) return;
        SumRows(values.Sample(from), to - from, values.SampleStride, values.Shape.Length, values.Shape.Channels, target);
    }

    /// <summary>Adds the sum over adjacent rows (rows, columns) to target (columns,).</summary>
    public static void SumRows(float* values, int rows, int columns, float* target) => SumRows(values, 1, 0, rows, columns, target);

    private static void SumRows(float* values, int samples, nint sampleStride, int rows, int columns, float* target)
    {
        var one = 1f;
        Gemm.Run(new GemmCall
        {
            M = 1,
            N = columns,
            KOuter = samples,
            K = rows,
            A = &one,
            B = values,
            BK = columns,
            BKOuter = sampleStride,
            C = target,
            Accumulate = true,
        });
    }
}
