using System.Runtime.CompilerServices;

namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>The register tiles of the product: up to 6 rows × 2 vectors, and up to 12 rows × 1
/// vector; the sums never leave registers while K runs.</summary>
/// <remarks>12 sums cover the latency of two fused multiply-adds a cycle (4 to 5 cycles on x64 and ARM) and
/// fit 16 registers. Judge: <see cref="GemmReference"/>.</remarks>
internal static unsafe class GemmTile<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    /// <summary>TRows.Count ≤ 6 rows × 2 vectors of C.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Wide<TRows>(in GemmCall call, float* a, float* b, float* c, nint cRow, float* bias)
        where TRows : struct, IRows
    {
        var width = TSimd.Width;
        var row = call.ARow;
        var aStep = call.AK;
        var bStep = call.BK;
        var steps = call.K;
        TVector s00 = TSimd.Zero, s01 = TSimd.Zero;
        TVector s10 = TSimd.Zero, s11 = TSimd.Zero;
        TVector s20 = TSimd.Zero, s21 = TSimd.Zero;
        TVector s30 = TSimd.Zero, s31 = TSimd.Zero;
        TVector s40 = TSimd.Zero, s41 = TSimd.Zero;
        TVector s50 = TSimd.Zero, s51 = TSimd.Zero;
        if (call.Accumulate)
        {
            s00 = TSimd.Load(c);
            s01 = TSimd.Load(c + width);
            if (TRows.Count > 1)
            {
                s10 = TSimd.Load(c + (1 * cRow));
                s11 = TSimd.Load(c + (1 * cRow) + width);
            }

            if (TRows.Count > 2)
            {
                s20 = TSimd.Load(c + (2 * cRow));
                s21 = TSimd.Load(c + (2 * cRow) + width);
            }

            if (TRows.Count > 3)
            {
                s30 = TSimd.Load(c + (3 * cRow));
                s31 = TSimd.Load(c + (3 * cRow) + width);
            }

            if (TRows.Count > 4)
            {
                s40 = TSimd.Load(c + (4 * cRow));
                s41 = TSimd.Load(c + (4 * cRow) + width);
            }

            if (TRows.Count > 5)
            {
                s50 = TSimd.Load(c + (5 * cRow));
                s51 = TSimd.Load(c + (5 * cRow) + width);
            }
        }
        else if (bias != null)
        {
            s00 = s10 = s20 = s30 = s40 = s50 = TSimd.Load(bias);
            s01 = s11 = s21 = s31 = s41 = s51 = TSimd.Load(bias + width);
        }

        for (var outer = 0; outer < call.KOuter; outer++)
        {
            var upper = a + (outer * call.AKOuter);
            var lower = upper + (3 * row);
            var columns = b + (outer * call.BKOuter);
            for (var k = 0; k < steps; k++)
            {
                var b0 = TSimd.Load(columns);
                var b1 = TSimd.Load(columns + width);
                var x0 = TSimd.Broadcast(*upper);
                s00 = TSimd.MultiplyAdd(x0, b0, s00);
                s01 = TSimd.MultiplyAdd(x0, b1, s01);
                if (TRows.Count > 1)
                {
                    var x1 = TSimd.Broadcast(upper[row]);
                    s10 = TSimd.MultiplyAdd(x1, b0, s10);
                    s11 = TSimd.MultiplyAdd(x1, b1, s11);
                }

                if (TRows.Count > 2)
                {
                    var x2 = TSimd.Broadcast(upper[2 * row]);
                    s20 = TSimd.MultiplyAdd(x2, b0, s20);
                    s21 = TSimd.MultiplyAdd(x2, b1, s21);
                }

                if (TRows.Count > 3)
                {
                    var x3 = TSimd.Broadcast(*lower);
                    s30 = TSimd.MultiplyAdd(x3, b0, s30);
                    s31 = TSimd.MultiplyAdd(x3, b1, s31);
                }

                if (TRows.Count > 4)
                {
                    var x4 = TSimd.Broadcast(lower[row]);
                    s40 = TSimd.MultiplyAdd(x4, b0, s40);
                    s41 = TSimd.MultiplyAdd(x4, b1, s41);
                }

                if (TRows.Count > 5)
                {
                    var x5 = TSimd.Broadcast(lower[2 * row]);
                    s50 = TSimd.MultiplyAdd(x5, b0, s50);
                    s51 = TSimd.MultiplyAdd(x5, b1, s51);
                }

                upper += aStep;
                lower += aStep;
                columns += bStep;
            }
        }

        TSimd.Store(c, s00);
        TSimd.Store(c + width, s01);
        if (TRows.Count > 1)
        {
            TSimd.Store(c + (1 * cRow), s10);
            TSimd.Store(c + (1 * cRow) + width, s11);
        }

        if (TRows.Count > 2)
        {
            TSimd.Store(c + (2 * cRow), s20);
            TSimd.Store(c + (2 * cRow) + width, s21);
        }

        if (TRows.Count > 3)
        {
            TSimd.Store(c + (3 * cRow), s30);
            TSimd.Store(c + (3 * cRow) + width, s31);
        }

        if (TRows.Count > 4)
        {
            TSimd.Store(c + (4 * cRow), s40);
            TSimd.Store(c + (4 * cRow) + width, s41);
        }

        if (TRows.Count > 5)
        {
            TSimd.Store(c + (5 * cRow), s50);
            TSimd.Store(c + (5 * cRow) + width, s51);
        }
    }

    /// <summary>TRows.Count ≤ 12 rows × 1 vector of C.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Narrow<TRows>(in GemmCall call, float* a, float* b, float* c, nint cRow, float* bias)
        where TRows : struct, IRows
    {
        var row = call.ARow;
        var aStep = call.AK;
        var bStep = call.BK;
        var steps = call.K;
        TVector s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0, s8 = s0, s9 = s0, s10 = s0, s11 = s0;
        if (call.Accumulate)
        {
            s0 = TSimd.Load(c);
            if (TRows.Count > 1) s1 = TSimd.Load(c + (1 * cRow));
            if (TRows.Count > 2) s2 = TSimd.Load(c + (2 * cRow));
            if (TRows.Count > 3) s3 = TSimd.Load(c + (3 * cRow));
            if (TRows.Count > 4) s4 = TSimd.Load(c + (4 * cRow));
            if (TRows.Count > 5) s5 = TSimd.Load(c + (5 * cRow));
            if (TRows.Count > 6) s6 = TSimd.Load(c + (6 * cRow));
            if (TRows.Count > 7) s7 = TSimd.Load(c + (7 * cRow));
            if (TRows.Count > 8) s8 = TSimd.Load(c + (8 * cRow));
            if (TRows.Count > 9) s9 = TSimd.Load(c + (9 * cRow));
            if (TRows.Count > 10) s10 = TSimd.Load(c + (10 * cRow));
            if (TRows.Count > 11) s11 = TSimd.Load(c + (11 * cRow));
        }
        else if (bias != null)
        {
            s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = s8 = s9 = s10 = s11 = TSimd.Load(bias);
        }

        for (var outer = 0; outer < call.KOuter; outer++)
        {
            var p0 = a + (outer * call.AKOuter);
            var p3 = p0 + (3 * row);
            var p6 = p3 + (3 * row);
            var p9 = p6 + (3 * row);
            var columns = b + (outer * call.BKOuter);
            for (var k = 0; k < steps; k++)
            {
                var b0 = TSimd.Load(columns);
                s0 = TSimd.MultiplyAdd(TSimd.Broadcast(*p0), b0, s0);
                if (TRows.Count > 1) s1 = TSimd.MultiplyAdd(TSimd.Broadcast(p0[row]), b0, s1);
                if (TRows.Count > 2) s2 = TSimd.MultiplyAdd(TSimd.Broadcast(p0[2 * row]), b0, s2);
                if (TRows.Count > 3) s3 = TSimd.MultiplyAdd(TSimd.Broadcast(*p3), b0, s3);
                if (TRows.Count > 4) s4 = TSimd.MultiplyAdd(TSimd.Broadcast(p3[row]), b0, s4);
                if (TRows.Count > 5) s5 = TSimd.MultiplyAdd(TSimd.Broadcast(p3[2 * row]), b0, s5);
                if (TRows.Count > 6) s6 = TSimd.MultiplyAdd(TSimd.Broadcast(*p6), b0, s6);
                if (TRows.Count > 7) s7 = TSimd.MultiplyAdd(TSimd.Broadcast(p6[row]), b0, s7);
                if (TRows.Count > 8) s8 = TSimd.MultiplyAdd(TSimd.Broadcast(p6[2 * row]), b0, s8);
                if (TRows.Count > 9) s9 = TSimd.MultiplyAdd(TSimd.Broadcast(*p9), b0, s9);
                if (TRows.Count > 10) s10 = TSimd.MultiplyAdd(TSimd.Broadcast(p9[row]), b0, s10);
                if (TRows.Count > 11) s11 = TSimd.MultiplyAdd(TSimd.Broadcast(p9[2 * row]), b0, s11);
                p0 += aStep;
                p3 += aStep;
                p6 += aStep;
                p9 += aStep;
                columns += bStep;
            }
        }

        TSimd.Store(c, s0);
        if (TRows.Count > 1) TSimd.Store(c + (1 * cRow), s1);
        if (TRows.Count > 2) TSimd.Store(c + (2 * cRow), s2);
        if (TRows.Count > 3) TSimd.Store(c + (3 * cRow), s3);
        if (TRows.Count > 4) TSimd.Store(c + (4 * cRow), s4);
        if (TRows.Count > 5) TSimd.Store(c + (5 * cRow), s5);
        if (TRows.Count > 6) TSimd.Store(c + (6 * cRow), s6);
        if (TRows.Count > 7) TSimd.Store(c + (7 * cRow), s7);
        if (TRows.Count > 8) TSimd.Store(c + (8 * cRow), s8);
        if (TRows.Count > 9) TSimd.Store(c + (9 * cRow), s9);
        if (TRows.Count > 10) TSimd.Store(c + (10 * cRow), s10);
        if (TRows.Count > 11) TSimd.Store(c + (11 * cRow), s11);
    }
}
