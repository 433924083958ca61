using System.Runtime.InteropServices;

namespace Edge.Agent.Hosting.Native;

/// <summary>What glibc 2.34 and Linux 5.4 (and later) offer a process to keep its memory small. Results
/// are advice taken or not: nothing fails when they refuse.</summary>
internal static partial class LibC
{
    /// <summary>M_TRIM_THRESHOLD of malloc.h.</summary>
    public const int TrimThreshold = -1;

    /// <summary>M_MMAP_THRESHOLD of malloc.h; setting it also ends its growth.</summary>
    public const int MapThreshold = -3;

    /// <summary>M_ARENA_MAX of malloc.h.</summary>
    public const int MaxArenas = -8;

    /// <summary>MADV_DONTNEED of asm-generic/mman-common.h.</summary>
    public const int DontNeed = 4;

    /// <returns>0: the allocator does not know the parameter.</returns>
    [LibraryImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int SetAllocator(int parameter, int value);

    /// <summary>Gives free heap back to the kernel.</summary>
    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int TrimHeap(nuint keep);

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Advise(nint address, nuint length, int advice);
}
