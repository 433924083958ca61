using System.Runtime.Intrinsics;

namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>Copies of B in which a panel's rows lie one behind the other: a large row step would put
/// them all into a few sets of the first-level cache.</summary>
internal static unsafe class GemmPacking
{
    /// <summary>Rows of B in a block: with a panel of 16 columns half of a common first-level cache.</summary>
    public const int BlockK = 256;

    /// <summary>Rows of A that pass a panel before the next panel comes; a block of them stays in the second-level cache.</summary>
    public const int BlockM = 96;

    /// <summary>Fewer rows of A do not pay for the copy.</summary>
    private const int LeastRows = 24;

    /// <summary>Fewer rows of B stay in the first-level cache wherever they lie.</summary>
    private const int LeastK = 48;

    [ThreadStatic]
    private static NativeBuffer? _block;

    /// <summary>Whether a packed B is too high for the first-level cache and K goes in blocks.</summary>
    public static bool IsHigh(in GemmCall call) => call.BPanel != 0 && call.KOuter == 1 && call.MOuter <= 1 && call.K > BlockK && call.M > 1;

    /// <summary>Whether a product's B is worth a copy; depends on the shape alone.</summary>
    public static bool Pays(in GemmCall call, int panel) =>
        call.BPanel == 0 && call.KOuter == 1 && call.MOuter <= 1 && call.M >= LeastRows && call.N > panel && call.K >= LeastK && call.BK > panel;

    /// <summary>Memory of this thread for a block of B.</summary>
    public static float* Block(int floats)
    {
        if (_block is null || _block.Length < floats)
        {
            _block?.Dispose();
            _block = new NativeBuffer(floats);
        }

        return _block.Pointer;
    }

    public static void PackTransposed(float* source, int k, int n, int panel, float* packed)
    {
        for (var column = 0; column < n; column += panel, packed += k * panel)
        {
            var columns = Math.Min(panel, n - column);
            if (columns < panel) new Span<float>(packed, k * panel).Clear();
            Transposition.Run(source + (column * k), columns, k, packed, panel);
        }
    }

    public static void Pack(float* b, nint bRow, int k, int n, int panel, float* packed)
    {
        for (var column = 0; column < n; column += panel)
        {
            var columns = Math.Min(panel, n - column);
            for (var row = 0; row < k; row++, packed += panel)
            {
                var source = b + (row * bRow) + column;
                if (columns == panel)
                {
                    for (var i = 0; i < panel; i += Vector128<float>.Count) Vector128.Load(source + i).Store(packed + i);
                    continue;
                }

                new ReadOnlySpan<float>(source, columns).CopyTo(new Span<float>(packed, panel));
                new Span<float>(packed + columns, panel - columns).Clear();
            }
        }
    }
}
