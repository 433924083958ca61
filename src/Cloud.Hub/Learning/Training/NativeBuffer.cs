using System.Collections.Concurrent;
using System.Numerics;
using System.Runtime.InteropServices;
using Cloud.Hub.Learning.Training.Kernels;

namespace Cloud.Hub.Learning.Training;

/// <summary>Zeroed floats outside the managed heap, 64-byte aligned, with readable slack behind the end
/// (<see cref="Gemm.Slack"/>); pooled by size, given back by Dispose.</summary>
internal sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>What the pool keeps for the next run; beyond it, memory goes back to the system.</summary>
    private const long MaxPooledBytes = 64 << 20;
    private const int Alignment = 64;
    private static readonly ConcurrentDictionary<nuint, ConcurrentBag<nint>> Pool = new();
    private static long _pooledBytes;

    private readonly nuint _bytes;

    public NativeBuffer(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _bytes = (nuint)BitOperations.RoundUpToPowerOf2((ulong)(length + Gemm.Slack) * sizeof(float));
        if (Pool.TryGetValue(_bytes, out var free) && free.TryTake(out var pooled))
        {
            Interlocked.Add(ref _pooledBytes, -(long)_bytes);
            Pointer = (float*)pooled;
        }
        else
        {
            Pointer = (float*)NativeMemory.AlignedAlloc(_bytes, Alignment);
        }

        NativeMemory.Clear(Pointer, _bytes);
    }

    ~NativeBuffer() => Release();

    /// <summary>Null after Dispose.</summary>
    public float* Pointer { get; private set; }

    /// <summary>Floats, without the slack.</summary>
    public int Length { get; }

    public Span<float> Span => new(Pointer, Length);

    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private void Release()
    {
        var pointer = Pointer;
        if (pointer == null) return;
        Pointer = null;
        if (Interlocked.Add(ref _pooledBytes, (long)_bytes) <= MaxPooledBytes)
        {
            Pool.GetOrAdd(_bytes, static _ => []).Add((nint)pointer);
            return;
        }

        Interlocked.Add(ref _pooledBytes, -(long)_bytes);
        NativeMemory.AlignedFree(pointer);
    }
}
