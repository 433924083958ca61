using System.Diagnostics;
using System.Text.Json;

namespace Hmas.Benchmarks.Agent;

/// <summary>How long after its sample's time each line of a file actuator was written, beside another program that keeps a core busy. The
/// agent's own stamp counts: whoever watched the file would measure his own waking too.</summary>
internal static class ActionClock
{
    /// <summary>Milliseconds from the sample to the action, sorted.</summary>
    /// <param name="files">One per actuator; lines that stand there already do not count.</param>
    public static async Task<double[]> MeasureAsync(IReadOnlyList<string> files, TimeSpan duration)
    {
        var before = files.Select(static file => Lines(file).Length).ToArray();
        using var busy = Process.Start("/bin/sh", ["-c", "while :; do :; done"]);
        try
        {
            await Task.Delay(duration, TimeProvider.System);
        }
        finally
        {
            busy.Kill();
            await busy.WaitForExitAsync();
        }

        return [.. files.SelectMany((file, i) => Lines(file).Skip(before[i])).Select(LatencyMs).Order()];
    }

    private static string[] Lines(string file) => File.Exists(file) ? File.ReadAllLines(file) : [];

    private static double LatencyMs(string line)
    {
        using var json = JsonDocument.Parse(line);
        return (json.RootElement.GetProperty("writtenUs").GetInt64() - json.RootElement.GetProperty("timestampUs").GetInt64()) / 1e3;
    }
}
