using Edge.Sensors.Replay;
using Hmas.Contracts.Sensing;

namespace Edge.Agent.Settings;

/// <summary>A recording as the sensor. Section <c>sensor:replay</c>; meanings as in <see cref="ReplayOptions"/>.</summary>
internal sealed class ReplayOptionsSection
{
    public string? Folder { get; set; }

    public IList<string> Files { get; } = [];

    /// <summary>Rows a second of recorded time. Default 1.</summary>
    public double RateHz { get; set; } = 1;

    /// <summary>Event time over real time; 0: as fast as the device keeps up. Default 1.</summary>
    public double Speed { get; set; } = 1;

    public bool Loop { get; set; }

    public bool Follow { get; set; }

    /// <summary>Default 0.25 s.</summary>
    public TimeSpan FollowInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Null: the recorded times are kept.</summary>
    public DateTimeOffset? StartAt { get; set; }

    /// <summary>Default 10 s.</summary>
    public TimeSpan Pause { get; set; } = TimeSpan.FromSeconds(10);

    public BadRowPolicy OnBadRow { get; set; }

    /// <summary>One character; a semicolon by default.</summary>
    public string Separator { get; set; } = ";";

    public string TimestampColumn { get; set; } = "datetime";

    public RecordedTime Time { get; set; } = RecordedTime.Text;

    public string TimestampFormat { get; set; } = "yyyy-MM-dd HH:mm:ss";

    /// <summary>Columns of the file and the channels they feed; none: the eight of the SKAB rig.</summary>
    public IList<ReplayColumn> Columns { get; } = [];

    /// <exception cref="SettingsException">Contradictory; the message names the key.</exception>
    public ReplayOptions ToReplay()
    {
        if (Separator.Length != 1) throw new SettingsException([$"sensor:replay:separator '{Separator}' must be one character"]);
        var layout = RecordingLayout.Skab with
        {
            Separator = Separator[0], TimestampColumn = TimestampColumn, Time = Time, TimestampFormat = TimestampFormat,
        };
        if (Columns.Count > 0)
            layout = layout
                with { Columns =
                    [.. Columns.Select(column => new RecordedColumn(
                        column.Column, new SensorChannel(column.Channel ?? column.Column, column.Unit)))] };
        var options = new ReplayOptions
        {
            Folder = Folder, Files = [.. Files], Layout = layout, RateHz = RateHz, Speed = Speed, Loop = Loop, Follow = Follow,
            FollowInterval = FollowInterval, StartAt = StartAt, Pause = Pause, OnBadRow = OnBadRow,
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException error)
        {
            throw new SettingsException([$"sensor:replay: {error.Message}"], error);
        }

        return options;
    }
}
