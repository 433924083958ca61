using System.Runtime.InteropServices;

namespace Edge.Sensors.Native;

/// <summary>Sleep as the kernel offers it: nanosleep(2). The runtime's own waits go through a lock
/// and a condition variable, twice the kernel calls.</summary>
internal static partial class LibC
{
    /// <returns>0 when the span is over; -1 when a signal came first, with what is left.</returns>
    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int Sleep(in TimeSpec span, out TimeSpec left);
}
