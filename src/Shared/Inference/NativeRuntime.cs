using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Hmas.Inference;

/// <summary>What must be settled in the process before ONNX Runtime's native library is loaded.</summary>
public static partial class NativeRuntime
{
    /// <summary>Switches ONNX Runtime's telemetry off: without it the library opens a database under
    /// the home folder and knows an upload address.</summary>
    /// <remarks>
    /// Sets <c>ORT_DISABLE_TELEMETRY=1</c> in the environment that the C library sees;
    /// <see cref="Environment.SetEnvironmentVariable(string, string?)"/>
    /// changes only .NET's copy on Unix. Called first thing in every Main, while one thread runs
    /// (<c>setenv</c> is not thread-safe); the first session calls it too.
    /// </remarks>
    /// <exception cref="Win32Exception">The C library refused.</exception>
    public static void DisableTelemetry()
    {
        const string name = "ORT_DISABLE_TELEMETRY";
        Environment.SetEnvironmentVariable(name, "1");
        if (!OperatingSystem.IsWindows() && SetEnv(name, "1", 1) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"setenv {name} failed.");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
