using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Kernels;

namespace Hmas.Benchmarks.Learning;

/// <summary>C = A · B of one size.</summary>
internal sealed unsafe class SquareProduct : IDisposable
{
    private readonly int _size;
    private readonly NativeBuffer _a;
    private readonly NativeBuffer _b;
    private readonly NativeBuffer _c;

    public SquareProduct(int size)
    {
        _size = size;
        (_a, _b, _c) = (new NativeBuffer(size * size), new NativeBuffer(size * size), new NativeBuffer(size * size));
        var random = new SeededRandom(1);
        foreach (ref var value in _a.Span) value = random.NextSingle();
        foreach (ref var value in _b.Span) value = random.NextSingle();
    }

    /// <returns>Floating-point operations done.</returns>
    public long Run()
    {
        Gemm.Run(new GemmCall
        {
            M = _size, N = _size, K = _size, KOuter = 1, A = _a.Pointer, ARow = _size, AK = 1, B = _b.Pointer, BK = _size, C = _c.Pointer,
            CRow = _size,
        });
        return 2L * _size * _size * _size;
    }

    public void Dispose()
    {
        _a.Dispose();
        _b.Dispose();
        _c.Dispose();
    }
}
