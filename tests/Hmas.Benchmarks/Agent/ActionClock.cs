using System.Text;
using System.Text.Json;

namespace Hmas.Benchmarks.Agent;

/// <summary>Watches the files of file actuators without a pause, and notes for each line how long after its sample's time it stood there. The watching itself is the busy core.</summary>
internal static class ActionClock
{
    /// <summary>Milliseconds from the sample to the action, sorted.</summary>
    /// <param name="files">One per actuator; lines that stand there already do not count.</param>
    public static double[] Watch(IReadOnlyList<string> files, TimeSpan duration)
    {
        var latencies = new List<double>();
        var lengths = files.Select(LengthOf).ToArray();
        var until = TimeProvider.System.GetUtcNow() + duration;
        while (TimeProvider.System.GetUtcNow() is var now && now < until)
        {
            for (var i = 0; i < files.Count; i++)
            {
                var length = LengthOf(files[i]);
                if (length == lengths[i]) continue;
                var seenUs = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
                lengths[i] += Read(files[i], lengths[i], length, timestampUs => latencies.Add((seenUs - timestampUs) / 1e3));
            }
        }

        return [.. latencies.Order()];
    }

    private static long LengthOf(string file)
    {
        var info = new FileInfo(file);
        return info.Exists ? info.Length : 0;
    }

    /// <summary>Bytes of whole lines; half a line, seen while it is written, is for the next look.</summary>
    private static int Read(string file, long from, long to, Action<long> timestampUs)
    {
        using var stream = File.OpenRead(file);
        stream.Position = from;
        var bytes = new byte[to - from];
        stream.ReadExactly(bytes);
        var whole = Array.LastIndexOf(bytes, (byte)'\n') + 1;
        foreach (var line in Encoding.UTF8.GetString(bytes, 0, whole).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            timestampUs(json.RootElement.GetProperty("timestampUs").GetInt64());
        }

        return whole;
    }
}
