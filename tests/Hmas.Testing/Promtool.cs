using System.Diagnostics;

namespace Hmas.Testing;

/// <summary>Debian's judge of metrics (package prometheus).</summary>
public static class Promtool
{
    private const string Program = "/usr/bin/promtool";

    public static bool IsHere => File.Exists(Program);

    /// <returns>What it finds to say; empty: nothing.</returns>
    public static async Task<string> LintAsync(string metrics)
    {
        var end = await Tool.TryAsync(new ProcessStartInfo(Program, ["check", "metrics"]), metrics);
        return $"{end.Said.Trim()}{(end.Code == 0 ? "" : $" (exit code {end.Code})")}";
    }
}
