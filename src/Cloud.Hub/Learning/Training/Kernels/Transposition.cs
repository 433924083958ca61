using System.Runtime.Intrinsics;

namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>B = Aᵀ in squares that stay in the first-level cache.</summary>
internal static unsafe class Transposition
{
    private const int Square = 4;

    /// <param name="source">(rows, columns), row-major.</param>
    /// <param name="target">(columns, rows), overwritten.</param>
    /// <param name="targetRow">Floats from one row of the target to the next.</param>
    public static void Run(float* source, int rows, int columns, float* target, int targetRow)
    {
        var row = 0;
        for (; row + Square <= rows; row += Square)
        {
            var column = 0;
            for (; column + Square <= columns; column += Square) Turn(source + (row * columns) + column, columns, target + (column * targetRow) + row, targetRow);
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
        Vector128.Create(a[0], b[0], c[0], d[0]).Store(target);
        Vector128.Create(a[1], b[1], c[1], d[1]).Store(target + targetRow);
        Vector128.Create(a[2], b[2], c[2], d[2]).Store(target + (2 * targetRow));
        Vector128.Create(a[3], b[3], c[3], d[3]).Store(target + (3 * targetRow));
    }
}
