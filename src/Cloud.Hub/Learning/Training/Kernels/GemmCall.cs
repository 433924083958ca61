namespace Cloud.Hub.Learning.Training.Kernels;

/// <summary>One product C (M, N) = [C +] A (M, K) · B (K, N) [+ bias (N)] over memory that need not be packed.</summary>
/// <remarks>
/// K is two nested loops (<see cref="KOuter"/> × <see cref="K"/>), each with its own steps through A
/// and B. That makes a convolution one product without im2col:
/// rows of A may overlap (stride × channels apart), the outer loop walks taps of a dilated kernel or the samples of a weight gradient.
/// M may be two nested loops as well (<see cref="MOuter"/> × <see cref="M"/>): the rows of a plane and the pixels in them.
/// B's columns are adjacent, or packed in panels (<see cref="Gemm.Pack"/>); up to one tile behind its last
/// row is read (never used), so every buffer carries slack at its end.
/// </remarks>
internal unsafe struct GemmCall
{
    public int M;
    public int N;
    public int K;
    public int KOuter;

    /// <summary>Blocks of M rows; 0 and 1 are one.</summary>
    public int MOuter;
    public nint AMOuter;
    public nint CMOuter;

    public float* A;

    /// <summary>Floats from one row of A to the next; 1 for a transposed A.</summary>
    public nint ARow;
    public nint AK;
    public nint AKOuter;

    public float* B;
    public nint BK;
    public nint BKOuter;

    /// <summary>Floats from one panel of packed columns to the next; 0 when B is not packed.</summary>
    public nint BPanel;

    public float* C;
    public nint CRow;

    /// <summary>(N,), or null.</summary>
    public float* Bias;

    /// <summary>Adds to what C holds; the bias is not used then.</summary>
    public bool Accumulate;
}
