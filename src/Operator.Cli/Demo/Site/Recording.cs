using System.Globalization;
using Hmas.Contracts.Facts;

namespace Operator.Cli.Demo.Site;

/// <summary>One recorded experiment: its rows' times and truth. The values stay in the file: only a device reads them.</summary>
internal sealed class Recording
{
    private Recording(string file, string name, IReadOnlyList<DateTime> times, bool[] anomalous)
    {
        File = file;
        Name = name;
        Times = times;
        Anomalous = anomalous;
    }

    public string File { get; }

    /// <summary>Folder and stem, for example <c>valve1-0</c>: a valid id.</summary>
    public string Name { get; }

    public IReadOnlyList<DateTime> Times { get; }

    /// <summary>One per row; all false where the file has no labels.</summary>
    public bool[] Anomalous { get; }

    public int Rows => Times.Count;

    public TimeSpan Duration => Times[^1] - Times[0];

    /// <exception cref="FormatException">Names file and line.</exception>
    public static Recording Read(string file)
    {
        var name = $"{Path.GetFileName(Path.GetDirectoryName(file))}-{Path.GetFileNameWithoutExtension(file)}".ToLowerInvariant();
        var lines = System.IO.File.ReadAllLines(file);
        var header = lines[0].Split(';');
        var timeColumn = Array.IndexOf(header, "datetime");
        var labelColumn = Array.IndexOf(header, "anomaly");
        if (timeColumn < 0) throw new FormatException($"{file}: no column 'datetime'");
        var times = new List<DateTime>(lines.Length);
        var anomalous = new List<bool>(lines.Length);
        for (var i = 1; i < lines.Length; i++)
        {
            if (lines[i].Length == 0) continue;
            var cells = lines[i].Split(';');
            if (!DateTime.TryParse(
                cells[timeColumn], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                throw new FormatException($"{file}:{i + 1}: '{cells[timeColumn]}' is no time");
            times.Add(time);
            anomalous.Add(labelColumn >= 0 && cells[labelColumn].StartsWith('1'));
        }

        return new Recording(file, name, times, [.. anomalous]);
    }

    /// <summary>The truth as labels of a run that was laid at <paramref name="startUs"/>: one per stretch of equal truth.</summary>
    public IReadOnlyList<OutcomeLabel> Labels(string deviceId, string runId, long startUs)
    {
        var labels = new List<OutcomeLabel>();
        for (var first = 0; first < Rows;)
        {
            var last = first;
            while (last + 1 < Rows && Anomalous[last + 1] == Anomalous[first]) last++;
            labels.Add(new OutcomeLabel
            {
                DeviceId = deviceId,
                RunId = runId,
                FromUs = RowUs(first, startUs),
                ToUs = RowUs(last, startUs),
                Label = Anomalous[first] ? "anomaly" : "normal",
                Source = "inspection",
            });
            first = last + 1;
        }

        return labels;
    }

    /// <summary>Event time of a row of a run that was laid at <paramref name="startUs"/>.</summary>
    public long RowUs(int row, long startUs) => startUs + ((Times[row] - Times[0]).Ticks / TimeSpan.TicksPerMicrosecond);
}
