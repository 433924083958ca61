using System.Diagnostics;

namespace Cloud.Hub.Tests.Operator;

/// <summary>The operator's program as a process of its own.</summary>
internal static class OperatorProgram
{
    /// <returns>Exit code, and what stood on stdout and then on stderr.</returns>
    public static async Task<(int Code, string Said)> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "hmas.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(said));
    }
}
