using System.Globalization;

namespace Operator.Cli.Demo.Scoring;

/// <summary>What a device decided, row by row, as its own decision log holds it:
/// <c>timestampUs,run,score,threshold,alarm,digest,class,probability</c>.</summary>
internal sealed class DecisionLog(string file)
{
    /// <summary>Alarms by event time of one run, and the digest that answered last; empty while the log has none.</summary>
    public (IReadOnlyDictionary<long, bool> Alarms, string? Digest) Read(string runId)
    {
        var alarms = new Dictionary<long, bool>();
        string? digest = null;
        if (!File.Exists(file)) return (alarms, digest);
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            var cells = line.Split(',');
            if (cells.Length < 6 || cells[1] != runId || !long.TryParse(cells[0], CultureInfo.InvariantCulture, out var timestampUs)) continue;
            alarms[timestampUs] = cells[4] is "1" or "true";
            if (cells[5].Length > 0) digest = cells[5];
        }

        return (alarms, digest);
    }
}
