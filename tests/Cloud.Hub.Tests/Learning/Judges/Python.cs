using System.ComponentModel;
using System.Diagnostics;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Judges;

/// <summary>Debian's own Python, where its packages for ONNX and PyTorch live.</summary>
internal static class Python
{
    private const string Path = "/usr/bin/python3";

    /// <summary>Exit code and everything it printed; code −1 when there is no such Python.</summary>
    public static (int Code, string Output) Run(string program, params string[] arguments)
    {
        try
        {
            var end = Tool.TryAsync(new ProcessStartInfo(Path, ["-c", program, .. arguments])).GetAwaiter().GetResult();
            return (end.Code, end.Said);
        }
        catch (Win32Exception e)
        {
            return (-1, $"{Path}: {e.Message}");
        }
    }
}
