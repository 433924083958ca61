using Edge.Sensors.Simulation;

namespace Edge.Sensors.Replay;

/// <summary>How a CSV recording is read: first row is the header, LF or CR LF, decimal point.</summary>
public sealed record RecordingLayout
{
    public char Separator { get; init; } = ';';

    public string TimestampColumn { get; init; } = "datetime";

    public RecordedTime Time { get; init; } = RecordedTime.Text;

    /// <summary>.NET custom format, culture invariant; used with <see cref="RecordedTime.Text"/>.</summary>
    public string TimestampFormat { get; init; } = "yyyy-MM-dd HH:mm:ss";

    /// <summary>In channel order; other columns of the file are ignored.</summary>
    public required IReadOnlyList<RecordedColumn> Columns { get; init; }

    /// <summary>The layout of the Skoltech Anomaly Benchmark (github.com/waico/SKAB), which the simulated pump writes too.</summary>
    public static RecordingLayout Skab { get; } = new()
    {
        Columns = [.. PumpChannels.All.Select(channel => new RecordedColumn(channel.Name, channel))],
    };

    /// <exception cref="ArgumentException">Contradictory; the message names the field.</exception>
    public void Validate()
    {
        if (Columns.Count is 0 or > ushort.MaxValue) throw new ArgumentException("Columns: at least one column is needed");
        if (string.IsNullOrWhiteSpace(TimestampColumn)) throw new ArgumentException("TimestampColumn: must be named");
        if (Time == RecordedTime.Text && string.IsNullOrWhiteSpace(TimestampFormat))
            throw new ArgumentException("TimestampFormat: must be given for text times");
        if (Separator is '"' or '\r' or '\n' or '.' or '-') throw new ArgumentException($"Separator: '{Separator}' cannot separate numbers");
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in Columns)
        {
            if (!names.Add(column.Channel.Name)) throw new ArgumentException($"Columns: channel '{column.Channel.Name}' is fed twice");
        }
    }
}
