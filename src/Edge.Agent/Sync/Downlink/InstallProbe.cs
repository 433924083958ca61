using System.Diagnostics;
using Edge.Agent.Models;

namespace Edge.Agent.Sync.Downlink;

/// <summary>Lets the program of a staged install check its own settings and rules, in a process of its own: one
/// that does not start is refused while the old one runs on.</summary>
/// <param name="arguments">Of this process, verb first.</param>
/// <param name="program">This process's own file, for an install that brings no program.</param>
internal sealed class InstallProbe(IReadOnlyList<string> arguments, string program, TimeProvider time)
{
    private const int MaxDetail = 400;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <param name="install">Its folder.</param>
    /// <exception cref="ModelRefusal"><c>probe</c>.</exception>
    public async Task RunAsync(string install, CancellationToken ct)
    {
        var staged = Path.Combine(install, InstallFolder.Program);
        var start = new ProcessStartInfo(File.Exists(staged) ? staged : program) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("check");
        foreach (var argument in arguments.Skip(1).Where(argument => argument != "--exit-at-end")) start.ArgumentList.Add(argument);
        start.Environment["HMAS_INSTALL"] = install;
        start.Environment.Remove("NOTIFY_SOCKET");
        using var limit = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        Process? process = null;
        try
        {
            process = Process.Start(start) ?? throw new ModelRefusal("probe", $"{start.FileName} does not start");
            var output = process.StandardOutput.ReadToEndAsync(either.Token);
            var error = await process.StandardError.ReadToEndAsync(either.Token);
            await output;
            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode != 0)
                throw new ModelRefusal("probe", $"check ended with {process.ExitCode}: {error.Trim()[..Math.Min(MaxDetail, error.Trim().Length)]}");
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new ModelRefusal("probe", $"{start.FileName}: {error.Message}", error);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new ModelRefusal("probe", $"check did not end within {Limit}");
        }
        finally
        {
            if (process is { HasExited: false }) process.Kill(entireProcessTree: true);
            process?.Dispose();
        }
    }
}
