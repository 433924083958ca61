using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Edge.Agent.Sampling.Native;

/// <summary>A counter in the kernel that a thread can sleep on: eventfd(2) of Linux, with read(2) and write(2) of it.</summary>
internal static partial class EventCounter
{
    /// <summary>EFD_CLOEXEC of sys/eventfd.h, which is O_CLOEXEC.</summary>
    public const int CloseOnExec = 0x80000;

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial SafeFileHandle Create(uint count, int flags);

    /// <summary>Sleeps until the count is above 0, then takes it all.</summary>
    /// <returns>8, the bytes of a count; negative: a signal came first.</returns>
    [LibraryImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Take(SafeFileHandle counter, out ulong count, nuint bytes);

    /// <summary>Adds to the count and wakes who sleeps on it.</summary>
    [LibraryImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Add(SafeFileHandle counter, in ulong count, nuint bytes);
}
