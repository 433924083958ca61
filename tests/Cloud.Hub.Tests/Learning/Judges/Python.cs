using System.ComponentModel;
using System.Diagnostics;

namespace Cloud.Hub.Tests.Learning.Judges;

/// <summary>Debian's own Python, where its packages for ONNX and PyTorch live.</summary>
internal static class Python
{
    private const string Path = "/usr/bin/python3";

    /// <summary>Exit code and everything it printed; code −1 when there is no such Python.</summary>
    public static (int Code, string Output) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in new[] { "-c", program }.Concat(arguments)) start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + errors.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            return (-1, $"{Path}: {e.Message}");
        }
    }
}
