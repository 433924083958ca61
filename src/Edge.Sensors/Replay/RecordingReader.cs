using System.Globalization;
using Hmas.Contracts;

namespace Edge.Sensors.Replay;

/// <summary>Rows of one CSV recording, checked one by one. Not thread-safe.</summary>
public sealed class RecordingReader : IDisposable
{
    private readonly string _path;
    private readonly RecordingLayout _layout;
    private readonly BadRowPolicy _onBadRow;
    private readonly BoundedLineReader _lines;
    private readonly int _fieldCount;
    private readonly int _timeField;

    // Field index -> channel index, -1 where the column is not mapped.
    private readonly int[] _channelOfField;
    private long _previousUs = long.MinValue;

    private RecordingReader(string path, RecordingLayout layout, BadRowPolicy onBadRow, BoundedLineReader lines, string[] header)
    {
        _path = path;
        _layout = layout;
        _onBadRow = onBadRow;
        _lines = lines;
        _fieldCount = header.Length;
        _channelOfField = new int[header.Length];
        Array.Fill(_channelOfField, -1);
        _timeField = Find(header, layout.TimestampColumn);
        for (var i = 0; i < layout.Columns.Count; i++) _channelOfField[Find(header, layout.Columns[i].Column)] = i;
    }

    /// <summary>Rows handed out so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows left out under <see cref="BadRowPolicy.Skip"/>.</summary>
    public long SkippedRows { get; private set; }

    /// <summary>Why the last row was left out; null if none was.</summary>
    public SensorDataException? LastSkip { get; private set; }

    /// <summary>Opens the file and checks its header.</summary>
    /// <exception cref="SensorDataException">Unreadable, empty, or a mapped column is missing or doubled.</exception>
    public static RecordingReader Open(string path, RecordingLayout layout, BadRowPolicy onBadRow = BadRowPolicy.Stop)
    {
        layout.Validate();
        BoundedLineReader? lines = null;
        try
        {
            lines = new BoundedLineReader(path);
            if (!lines.TryRead(out var line) || line.Trim().IsEmpty)
            {
                throw new SensorDataException(SensorDataFault.Empty, path, 1, null, "no header row");
            }

            var header = line.ToString().Split(layout.Separator);
            for (var i = 0; i < header.Length; i++) header[i] = header[i].Trim().Trim('"').Trim('\uFEFF');
            return new RecordingReader(path, layout, onBadRow, lines, header);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lines?.Dispose();
            throw new SensorDataException(SensorDataFault.Unreadable, path, 0, null, e.Message, e);
        }
        catch
        {
            lines?.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next usable row; false at the end.</summary>
    /// <param name="values">Length = number of mapped columns, overwritten in channel order.</param>
    /// <exception cref="SensorDataException">A bad row under <see cref="BadRowPolicy.Stop"/>.</exception>
    public bool TryRead(Span<float> values, out long timestampUs)
    {
        while (_lines.TryRead(out var line))
        {
            if (line.Trim().IsEmpty) continue;
            var fault = Parse(line, values, out timestampUs);
            if (fault is null)
            {
                _previousUs = timestampUs;
                Rows++;
                return true;
            }

            if (_onBadRow == BadRowPolicy.Stop) throw fault;
            SkippedRows++;
            LastSkip = fault;
        }

        timestampUs = 0;
        return false;
    }

    public void Dispose() => _lines.Dispose();

    private int Find(string[] header, string column)
    {
        var index = Array.IndexOf(header, column);
        if (index < 0)
        {
            throw new SensorDataException(
                SensorDataFault.MissingColumn, _path, 1, column, $"column is missing; the header has: {string.Join(", ", header.Take(32))}");
        }

        return Array.IndexOf(header, column, index + 1) < 0
            ? index
            : throw new SensorDataException(SensorDataFault.DoubleColumn, _path, 1, column, "column stands in the header twice");
    }

    private SensorDataException? Parse(ReadOnlySpan<char> line, Span<float> values, out long timestampUs)
    {
        timestampUs = 0;
        var count = line.Count(_layout.Separator) + 1;
        if (count != _fieldCount) return Bad(SensorDataFault.RaggedRow, null, $"{count} fields where the header has {_fieldCount}");
        var field = 0;
        foreach (var range in line.Split(_layout.Separator))
        {
            var text = line[range].Trim().Trim('"');
            if (field == _timeField)
            {
                if (!TryParseTime(text, out timestampUs))
                {
                    return Bad(SensorDataFault.BadTime, _layout.TimestampColumn, $"'{Short(text)}' is not a time in {Expected()}");
                }

                if (timestampUs <= _previousUs)
                {
                    return Bad(SensorDataFault.TimeNotForward, _layout.TimestampColumn, $"'{Short(text)}' is not after the row above");
                }
            }

            var channel = _channelOfField[field];
            if (channel >= 0)
            {
                var column = _layout.Columns[channel].Column;
                if (text.IsEmpty) return Bad(SensorDataFault.NotFinite, column, "no value");
                if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
                {
                    return Bad(SensorDataFault.NotANumber, column, $"'{Short(text)}' is not a number");
                }

                if (!float.IsFinite(value)) return Bad(SensorDataFault.NotFinite, column, $"'{Short(text)}' is not a finite number");
                values[channel] = value;
            }

            field++;
        }

        return null;
    }

    private bool TryParseTime(ReadOnlySpan<char> text, out long timestampUs)
    {
        timestampUs = 0;
        if (_layout.Time == RecordedTime.Text)
        {
            if (!DateTimeOffset.TryParseExact(
                text, _layout.TimestampFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return false;
            timestampUs = time.ToUnixMicroseconds();
            return true;
        }

        if (!decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)) return false;
        var scale = _layout.Time switch
        {
            RecordedTime.EpochSeconds => 1_000_000m,
            RecordedTime.EpochMilliseconds => 1_000m,
            _ => 1m,
        };

        // Year 9999 in microseconds: beyond it no date can be shown.
        if (Math.Abs(number) > 253_402_300_799_000_000m / scale) return false;
        timestampUs = (long)decimal.Round(number * scale);
        return true;
    }

    private string Expected() => _layout.Time == RecordedTime.Text ? $"the format '{_layout.TimestampFormat}'" : _layout.Time.ToString();

    private SensorDataException Bad(SensorDataFault fault, string? column, string reason) => new(fault, _path, _lines.Line, column, reason);

    private static string Short(ReadOnlySpan<char> text) => text.Length <= 40 ? text.ToString() : $"{text[..40]}…";
}
