using System.Diagnostics;

namespace Cloud.Hub.Tests.Host;

/// <summary>Debian's judge of metrics (package prometheus).</summary>
internal static class Promtool
{
    private const string Program = "/usr/bin/promtool";

    public static bool IsHere => File.Exists(Program);

    /// <returns>What it finds to say; empty: nothing.</returns>
    public static async Task<string> LintAsync(string metrics)
    {
        using var promtool = Process.Start(
            new ProcessStartInfo(
                Program, ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardError = true, RedirectStandardOutput = true })!;
        await promtool.StandardInput.WriteAsync(metrics);
        promtool.StandardInput.Close();
        var said = await promtool.StandardError.ReadToEndAsync() + await promtool.StandardOutput.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        return said.Trim();
    }
}
