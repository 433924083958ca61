using System.Runtime.Intrinsics;
using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Tests.Learning.Training.Kernels;

public sealed unsafe class GemmTests
{
    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void The_fast_product_equals_the_plain_one_for_every_register_width_and_edge(int bits)
    {
        var random = new Random(bits);
        for (var trial = 0; trial < 300; trial++)
        {
            var (m, n, k, outer) = (random.Next(1, 28), random.Next(1, 70), random.Next(1, 20), random.Next(1, 4));
            using var a = Filled(random, m * k * outer * 2);
            using var b = Filled(random, k * outer * n);
            using var bias = Filled(random, n);
            using var fast = Filled(random, m * n);
            using var plain = new NativeBuffer(m * n);
            fast.Span.CopyTo(plain.Span);
            var transposed = random.Next(2) == 0;
            var call = new GemmCall
            {
                M = m, N = n, K = k, KOuter = outer,
                A = a.Pointer, ARow = transposed ? 1 : k * outer, AK = transposed ? m : 1, AKOuter = transposed ? m * k : k,
                B = b.Pointer, BK = n, BKOuter = n * k,
                CRow = n, Accumulate = random.Next(2) == 0, Bias = random.Next(2) == 0 ? bias.Pointer : null,
            };
            call.C = plain.Pointer;
            GemmReference.Run(call);
            call.C = fast.Pointer;
            switch (bits)
            {
                case 128: GemmLoop<Simd128, Vector128<float>>.Run(call); break;
                case 256: GemmLoop<Simd256, Vector256<float>>.Run(call); break;
                default: GemmLoop<Simd512, Vector512<float>>.Run(call); break;
            }

            for (var i = 0; i < m * n; i++)
            {
                Assert.True(Math.Abs(plain.Span[i] - fast.Span[i]) <= 1e-5f * (1 + (k * outer)),
                    $"{m}×{n}×{k}×{outer} at {i}: expected {plain.Span[i]}, got {fast.Span[i]}");
            }
        }
    }

    private static NativeBuffer Filled(Random random, int length)
    {
        var buffer = new NativeBuffer(length);
        foreach (ref var value in buffer.Span) value = (float)((random.NextDouble() * 2) - 1);
        return buffer;
    }
}
