using System.Diagnostics;
using System.Text.Json;

namespace Hmas.Benchmarks.Agent;

/// <summary>How long after the moment its sample was due each command was carried out, beside another program that keeps a core busy.</summary>
/// <remarks>
/// From: the timestamp of the row that raised the rule, which the simulated machine sets to the moment the row is due; so the late waking
/// of the sensor's thread counts, and then queue, frame, model, rules, hand-over and the actuator's thread. To: the stamp that the file
/// actuator puts last into its line, the file open; what follows is one write into the page cache. Both are read from the wall clock in
/// the agent's own process: whoever watched the file would measure his own waking too. A clock that is set meanwhile spoils the run.
/// </remarks>
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
