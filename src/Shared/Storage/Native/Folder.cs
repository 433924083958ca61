using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Hmas.Storage.Native;

/// <summary>fsync of a folder: what makes a rename or a new name durable (POSIX open(2), fsync(2); .NET opens files only).</summary>
internal static partial class Folder
{
    /// <summary>O_RDONLY | O_CLOEXEC of asm-generic/fcntl.h, Linux 6.1; the same on x64 and arm64.</summary>
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <exception cref="IOException">The folder could not be opened or synced.</exception>
    public static void Sync(string path)
    {
        if (!OperatingSystem.IsLinux()) return;
        using var folder = Open(path, ReadOnlyCloseOnExec);
        if (folder.IsInvalid) throw new IOException($"{path}: open: {Marshal.GetLastPInvokeErrorMessage()}");
        if (Fsync(folder) != 0) throw new IOException($"{path}: fsync: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);
}
