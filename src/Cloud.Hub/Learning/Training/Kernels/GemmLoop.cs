namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>Walks C in register tiles: column panels outside, so that a panel of B stays in the
/// first-level cache while the rows of A pass by.</summary>
internal static unsafe class GemmLoop<TSimd, TVector>
    where TSimd : struct, ISimd<TVector>
    where TVector : struct
{
    private const int WideRows = 6;
    private const int MaxTile = 12 * 32;

    public static void Run(in GemmCall call)
    {
        if (GemmPacking.Pays(call, 2 * TSimd.Width) || GemmPacking.IsHigh(call)) Blocks(call);
        else Panels(call);
    }

    /// <summary>Blocks of K outside: each block of B is packed once, if it is not yet, and met by all rows of A.</summary>
    private static void Blocks(in GemmCall call)
    {
        var panel = 2 * TSimd.Width;
        var isPacked = call.BPanel != 0;
        var block = isPacked ? null : GemmPacking.Block((call.N + panel - 1) / panel * panel * Math.Min(call.K, GemmPacking.BlockK));
        var part = call;
        part.BK = panel;
        for (var k = 0; k < call.K; k += GemmPacking.BlockK)
        {
            part.K = Math.Min(GemmPacking.BlockK, call.K - k);
            part.BPanel = isPacked ? call.BPanel : part.K * panel;
            part.B = isPacked ? call.B + (k * panel) : block;
            part.Accumulate = call.Accumulate || k > 0;
            if (!isPacked) GemmPacking.Pack(call.B + (k * call.BK), call.BK, part.K, call.N, panel, block);
            for (var m = 0; m < call.M; m += GemmPacking.BlockM)
            {
                part.M = Math.Min(GemmPacking.BlockM, call.M - m);
                part.A = call.A + (m * call.ARow) + (k * call.AK);
                part.C = call.C + (m * call.CRow);
                Panels(part);
            }
        }
    }

    private static void Panels(in GemmCall call)
    {
        var width = TSimd.Width;
        var b = call.B;
        var step = call.BPanel == 0 ? 2 * width : call.BPanel;
        var column = 0;
        for (; column + (2 * width) <= call.N; column += 2 * width, b += step) Panel(call, b, column, wide: true, 2 * width);
        var left = call.N - column;
        if (left > 0) Panel(call, b, column, left > width, left);
    }

    private static void Panel(in GemmCall call, float* b, int column, bool wide, int columns)
    {
        for (var outer = 0; outer < Math.Max(1, call.MOuter); outer++)
            RowTiles(call, call.A + (outer * call.AMOuter), b, call.C + (outer * call.CMOuter), column, wide, columns);
    }

    private static void RowTiles(in GemmCall call, float* firstA, float* b, float* firstC, int column, bool wide, int columns)
    {
        var bias = call.Bias == null ? null : call.Bias + column;
        var tileColumns = wide ? 2 * TSimd.Width : TSimd.Width;
        var scratch = stackalloc float[MaxTile];
        for (var m = 0; m < call.M;)
        {
            var rows = wide ? WideHeight(call.M - m) : NarrowHeight(call.M - m);
            var a = firstA + (m * call.ARow);
            var c = firstC + (m * call.CRow) + column;
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

    /// <summary>Tiles as equal as they can be: 16 rows are 6 + 5 + 5, because a tile of 4 and less cannot hide the multiply's latency.</summary>
    private static int WideHeight(int left)
    {
        var tiles = (left + WideRows - 1) / WideRows;
        return (left + tiles - 1) / tiles;
    }

    private static int NarrowHeight(int left) => left switch
    {
        >= 12 and not (> 12 and <= 16) => 12,
        >= 8 => 8,
        > 6 => 6,
        _ => left,
    };

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
            case 8: GemmTile<TSimd, TVector>.Narrow<Rows.R8>(call, a, b, c, cRow, bias); break;
            default: GemmTile<TSimd, TVector>.Narrow<Rows.R12>(call, a, b, c, cRow, bias); break;
        }
    }
}
