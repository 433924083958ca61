using System.Runtime.Intrinsics;

namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>Single-precision product by the widest registers this machine has. One thread; the order of sums
/// depends on the shape alone, so the bits do not depend on who calls.</summary>
internal static unsafe class Gemm
{
    /// <summary>Floats that must be readable behind the end of every buffer given to a kernel.</summary>
    public const int Slack = 64;

    private enum Registers
    {
        V128,
        V256,
        V512,
    }

    private static readonly Registers Chosen =
        Vector512.IsHardwareAccelerated ? Registers.V512 : Vector256.IsHardwareAccelerated ? Registers.V256 : Registers.V128;

    /// <summary>What runs on this machine, for reports.</summary>
    public static string Name => Chosen.ToString();

    /// <summary>Columns of a packed panel on this machine.</summary>
    public static int PanelWidth { get; } = Chosen switch
    {
        Registers.V512 => 2 * Simd512.Width,
        Registers.V256 => 2 * Simd256.Width,
        _ => 2 * Simd128.Width,
    };

    public static void Run(in GemmCall call)
    {
        if (call.M == 0 || call.N == 0) return;
        switch (Chosen)
        {
            case Registers.V512: GemmLoop<Simd512, Vector512<float>>.Run(call); break;
            case Registers.V256: GemmLoop<Simd256, Vector256<float>>.Run(call); break;
            default: GemmLoop<Simd128, Vector128<float>>.Run(call); break;
        }
    }

    /// <summary>Floats that <see cref="Pack"/> writes.</summary>
    public static int PackedCount(int k, int n) => (n + PanelWidth - 1) / PanelWidth * PanelWidth * k;

    /// <summary>Lays B (K, N) out for a product that reads it many times: its panels one behind the other, the last one filled
    /// up with zeros. Give it with BK = PanelWidth and BPanel = K × PanelWidth.</summary>
    /// <param name="bRow">Floats from one row of B to the next.</param>
    public static void Pack(float* b, nint bRow, int k, int n, float* packed) => GemmPacking.Pack(b, bRow, k, n, PanelWidth, packed);

    /// <summary>The same for B = source (N, K) transposed.</summary>
    public static void PackTransposed(float* source, int k, int n, float* packed) => GemmPacking.PackTransposed(source, k, n, PanelWidth, packed);
}
