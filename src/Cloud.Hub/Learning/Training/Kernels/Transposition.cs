using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>B = Aᵀ in squares that stay in the first-level cache.</summary>
internal static unsafe class Transposition
{
    private const int Square = 4;

    /// <summary>A copy of (rows, <paramref name="columns"/>) as (columns, rows).</summary>
    public static float[] Of(ReadOnlySpan<float> source, int columns)
    {
        var result = new float[source.Length];
        fixed (float* from = source, to = result) Run(from, source.Length / columns, columns, to, source.Length / columns);
        return result;
    }

    /// <param name="source">(rows, columns), row-major.</param>
    /// <param name="target">(columns, rows), overwritten.</param>
    /// <param name="targetRow">Floats from one row of the target to the next.</param>
    public static void Run(float* source, int rows, int columns, float* target, int targetRow)
    {
        var row = 0;
        for (; row + Square <= rows; row += Square)
        {
            var column = 0;
            for (; column + Square <= columns; column += Square)
                Turn(source + (row * columns) + column, columns, target + (column * targetRow) + row, targetRow);
            for (; column < columns; column++)
            {
                for (var r = row; r < row + Square; r++) target[(column * targetRow) + r] = source[(r * columns) + column];
            }
        }

        for (; row < rows; row++)
        {
            for (var column = 0; column < columns; column++) target[(column * targetRow) + row] = source[(row * columns) + column];
        }
    }

    private static void Turn(float* source, int sourceRow, float* target, int targetRow)
    {
        var (a, b) = (Vector128.Load(source), Vector128.Load(source + sourceRow));
        var (c, d) = (Vector128.Load(source + (2 * sourceRow)), Vector128.Load(source + (3 * sourceRow)));
        var (low, lowNext) = (Low(a, c), Low(b, d));
        var (high, highNext) = (High(a, c), High(b, d));
        Low(low, lowNext).Store(target);
        High(low, lowNext).Store(target + targetRow);
        Low(high, highNext).Store(target + (2 * targetRow));
        High(high, highNext).Store(target + (3 * targetRow));
    }

    /// <summary>a0 b0 a1 b1.</summary>
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    /// <summary>a2 b2 a3 b3.</summary>
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);
}
