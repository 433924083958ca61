using System.Diagnostics;

namespace Hmas.Testing;

/// <summary>Programs of this machine that run to their end, by themselves.</summary>
public static class Tool
{
    /// <exception cref="InvalidOperationException">It fails; the message holds what it said.</exception>
    public static async Task<ToolEnd> RunAsync(string program, params string[] arguments)
    {
        var end = await TryAsync(new ProcessStartInfo(program, arguments)).ConfigureAwait(false);
        if (end.Code != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {end.Code}: {end.Said.Trim()}");
        return end;
    }

    /// <param name="input">What it reads.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    /// <exception cref="OperationCanceledException">It does not end in time; it is killed.</exception>
    public static async Task<ToolEnd> TryAsync(ProcessStartInfo start, string input = "")
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var limit = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start");
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return new ToolEnd(process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }
}
