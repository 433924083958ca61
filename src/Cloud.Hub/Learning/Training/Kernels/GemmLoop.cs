namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>Walks C in register tiles: column panels outside, so that a panel of B stays in the first-level cache while the rows of A pass by.</summary>
internal static unsafe class GemmLoop<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int WideRows = 6;
    private const int NarrowRows = 12;
    private const int MaxTile = 12 * 32;

    public static void Run(in GemmCall call)
    {
        var width = TSimd.Width;
        var column = 0;
        for (; column + (2 * width) <= call.N; column += 2 * width) Panel(call, column, wide: true, 2 * width);
        var left = call.N - column;
        if (left == 0) return;
        if (left > width)
        {
            Panel(call, column, wide: true, left);
        }
        else
        {
            Panel(call, column, wide: false, left);
        }
    }

    private static void Panel(in GemmCall call, int column, bool wide, int columns)
    {
        var b = call.B + column;
        var bias = call.Bias == null ? null : call.Bias + column;
        var tileColumns = wide ? 2 * TSimd.Width : TSimd.Width;
        var height = wide ? WideRows : NarrowRows;
        var scratch = stackalloc float[MaxTile];
        for (var m = 0; m < call.M;)
        {
            var rows = Math.Min(height, call.M - m);
            if (!wide && rows is > 6 and < NarrowRows) rows = 6;
            var a = call.A + (m * call.ARow);
            var c = call.C + (m * call.CRow) + column;
            if (columns == tileColumns)
            {
                Tile(call, wide, rows, a, b, c, call.CRow, bias);
            }
            else
            {
                // The tile is wider than what is left of C: work on a copy.
                if (call.Accumulate) Copy(c, call.CRow, scratch, tileColumns, rows, columns);
                Tile(call, wide, rows, a, b, scratch, tileColumns, bias);
                Copy(scratch, tileColumns, c, call.CRow, rows, columns);
            }

            m += rows;
        }
    }

    private static void Copy(float* source, nint sourceRow, float* target, nint targetRow, int rows, int columns)
    {
        for (var r = 0; r < rows; r++)
        {
            for (var i = 0; i < columns; i++) target[(r * targetRow) + i] = source[(r * sourceRow) + i];
        }
    }

    private static void Tile(in GemmCall call, bool wide, int rows, float* a, float* b, float* c, nint cRow, float* bias)
    {
        if (wide)
        {
            switch (rows)
            {
                case 1: GemmTile<TSimd, TVector>.Wide<Rows.R1>(call, a, b, c, cRow, bias); break;
                case 2: GemmTile<TSimd, TVector>.Wide<Rows.R2>(call, a, b, c, cRow, bias); break;
                case 3: GemmTile<TSimd, TVector>.Wide<Rows.R3>(call, a, b, c, cRow, bias); break;
                case 4: GemmTile<TSimd, TVector>.Wide<Rows.R4>(call, a, b, c, cRow, bias); break;
                case 5: GemmTile<TSimd, TVector>.Wide<Rows.R5>(call, a, b, c, cRow, bias); break;
                default: GemmTile<TSimd, TVector>.Wide<Rows.R6>(call, a, b, c, cRow, bias); break;
            }

            return;
        }

        switch (rows)
        {
            case 1: GemmTile<TSimd, TVector>.Narrow<Rows.R1>(call, a, b, c, cRow, bias); break;
            case 2: GemmTile<TSimd, TVector>.Narrow<Rows.R2>(call, a, b, c, cRow, bias); break;
            case 3: GemmTile<TSimd, TVector>.Narrow<Rows.R3>(call, a, b, c, cRow, bias); break;
            case 4: GemmTile<TSimd, TVector>.Narrow<Rows.R4>(call, a, b, c, cRow, bias); break;
            case 5: GemmTile<TSimd, TVector>.Narrow<Rows.R5>(call, a, b, c, cRow, bias); break;
            case 6: GemmTile<TSimd, TVector>.Narrow<Rows.R6>(call, a, b, c, cRow, bias); break;
            default: GemmTile<TSimd, TVector>.Narrow<Rows.R12>(call, a, b, c, cRow, bias); break;
        }
    }
}
